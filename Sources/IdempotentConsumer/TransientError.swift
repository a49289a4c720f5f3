/// An error of a projection that is no event's fault and will pass, such as a service that does not answer.
///
/// The consumer waits and applies the same events again, for as long as it takes.
public protocol TransientError: Error {}
