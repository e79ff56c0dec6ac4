import CapnpSchema

/// Ids of the annotations that mean something to the generator.
enum KnownAnnotation {
    // swift.capnp
    static let namespace: UInt64 = 0xe2a4_c71d_90b3_f658
    static let module: UInt64 = 0x9d3b_57e0_f4a1_c286
    static let generatedIn: UInt64 = 0xec70_b5f2_196d_834a
    static let type: UInt64 = 0xc5e8_1f34_a7d2_069b
    static let optional: UInt64 = 0xf093_7bd6_582c_e14a
    static let pair: UInt64 = 0x8a6d_e940_1fb7_5c33
    static let dictionary: UInt64 = 0xd41c_8e0b_6fa2_9375
    static let set: UInt64 = 0xa7f2_5b9c_e3d0_184e
    static let custom: UInt64 = 0x96c0_f3a8_5e1d_b724
    static let unsupported: UInt64 = 0xbb4e_7d12_93f6_a05c
    static let cancellable: UInt64 = 0xe95d_02c7_b83f_61a4

    // mp/proxy.capnp
    static let wrap: UInt64 = 0xe6f4_6079_b7b1_405e
    static let count: UInt64 = 0xd026_82b3_19f6_9b38
    static let exception: UInt64 = 0x996a_1832_0099_2f88
    static let skip: UInt64 = 0x824c_08b8_2695_d8dd
}

/// Ids of declarations in mp/proxy.capnp that the generator treats specially.
enum KnownDeclaration {
    static let proxyFile: UInt64 = 0xcc31_6e3f_71a0_40fb
    static let context: UInt64 = 0x9c44_e664_5d0b_22c6
    static let threadMap: UInt64 = 0xee5e_3717_9ad9_dc9d
}

extension [SchemaAnnotation] {
    /// Whether an annotation is there.
    func has(_ id: UInt64) -> Bool {
        contains { $0.id == id }
    }

    /// The Text of an annotation, if it is there.
    func text(_ id: UInt64) -> String? {
        first { $0.id == id }?.text
    }
}
