/// Where the generated code of the test schemas goes.
package enum Golden {}
