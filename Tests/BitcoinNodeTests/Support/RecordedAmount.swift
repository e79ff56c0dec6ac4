import BitcoinRPC

/// The satoshi of a recorded amount, which is a string or number of bitcoins.
func recordedAmount(_ value: JSONValue) -> Int64? { try? value.requireAmount() }
