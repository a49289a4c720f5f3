/// An assignment as a command left it, and once more as the one that now holds the position, unless it has ended.
struct AssignmentData: Encodable {
    private let assignment: Flattened<AssignmentPayload, Standing>

    private struct Standing: Encodable {
        let isCurrent: Bool
    }

    private enum CodingKeys: CodingKey {
        case currentAssignment
    }

    init(_ assignment: AssignmentPayload) {
        self.assignment = Flattened(assignment, Standing(isCurrent: assignment.assignmentStatus == .active))
    }

    func encode(to encoder: any Encoder) throws {
        try assignment.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        let current = assignment.first.assignmentStatus == .ended ? nil : assignment
        // Null rather than nothing.
        try container.encode(current, forKey: .currentAssignment)
    }
}
