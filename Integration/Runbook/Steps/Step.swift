/// A step of the runbook.
protocol Step: Sendable {
    /// `O1`
    var name: String { get }
    /// What it shows.
    var title: String { get }

    /// Takes it.
    ///
    /// - Throws: whatever kept it from being taken; that is a failure of the step.
    func take(_ result: inout StepResult, in run: Run) async throws
}
