/// Lends the bytes of any collection as one contiguous buffer, copying only when the collection is not contiguous.
///
/// The buffer is valid only during `body`.
func withContiguousBytes<R>(
    _ bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) -> R
) -> R {
    let direct: R? = bytes.withContiguousStorageIfAvailable { unsafe body(UnsafeRawBufferPointer($0)) }
    if let direct { return direct }
    return unsafe Array(bytes).withUnsafeBytes(body)
}
