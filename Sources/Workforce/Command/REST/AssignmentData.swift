/// An assignment as a command left it, and once more as the one that now holds the position, unless it has ended.
struct AssignmentData: Encodable {
    let assignment: AssignmentPayload

    private enum CodingKeys: CodingKey {
        case isCurrent, currentAssignment
    }

    private struct Current: Encodable {
        let assignment: AssignmentPayload
        let isCurrent: Bool

        private enum CodingKeys: CodingKey {
            case isCurrent
        }

        func encode(to encoder: any Encoder) throws {
            try assignment.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(isCurrent, forKey: .isCurrent)
        }
    }

    func encode(to encoder: any Encoder) throws {
        try assignment.encode(to: encoder)
        let current = Current(assignment: assignment, isCurrent: assignment.assignmentStatus == .active)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(current.isCurrent, forKey: .isCurrent)
        if assignment.assignmentStatus == .ended {
            try container.encodeNil(forKey: .currentAssignment)
        } else {
            try container.encode(current, forKey: .currentAssignment)
        }
    }
}
