# Annotations understood by capnpc-swift. They may stand beside those of "/mp/proxy.capnp" and never change the wire.

@0xb1f6a9d27c50e843;

annotation namespace @0xe2a4c71d90b3f658 (file) :Text;
# Swift type (an enum declared once by hand in the module) into which every declaration of this file goes, so that
# the bare names stay free for the application's own protocols and structs.

annotation module @0x9d3b57e0f4a1c286 (file) :Text;
# Swift module that holds the protocols and structs named by `Proxy.wrap`, and the types named by `type`.

annotation generatedIn @0xec70b5f2196d834a (file) :Text;
# Swift module that holds the generated code of this file, for files of other modules that import it.

annotation type @0xc5e81f34a7d2069b (field, param) :Text;
# Swift type of a field or of its list elements, instead of the plain one: `CapnpDataConvertible` for Data, RawRepresentable
# or `CapnpScalarConvertible` for numbers, enums and Text, or simply another integer type. "Module::Name" imports Module. A
# trailing "?" on the type of a List(Data) reads and writes empty elements as nil.

annotation optional @0xf0937bd6582ce14a (field, param) :Void;
# A pointer that may be unset: the Swift type is optional.

annotation pair @0x8a6de9401fb75c33 (struct) :Void;
# A struct that stands for a Swift tuple of its fields, in the order of the schema.

annotation dictionary @0xd41c8e0b6fa29375 (field, param) :Void;
# A list of pairs that is a Swift dictionary.

annotation set @0xa7f25b9ce3d0184e (field, param) :Void;
# A list that is a Swift set.

annotation custom @0x96c0f3a85e1db724 (struct) :Void;
# The conversion `init(_:imports:)` and `write(to:exports:)` of a wrapped struct is written by hand.

annotation unsupported @0xbb4e7d1293f6a05c (method) :Text;
# A method that only old peers call. It is not part of the Swift protocol; calls fail with this text.

annotation cancellable @0xe95d02c7b83f61a4 (method) :Void;
# A caller that gives up waiting cancels the method's task. Without it, as with Core, only the end of the connection does.
