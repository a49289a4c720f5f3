import OutboxGraphQL

/// The filters of lists: what is left out does not matter.
enum FilterInputs {
    static let position = GraphQLInputObject(
        "PositionFilter", description: "Which positions; what is left out does not matter.",
        fields: GraphQLInputField("codes", .optional(.list(.string))),
        GraphQLInputField("status", .optional(.list(.enumeration(FilterEnums.positionStatus))), description: "One of."),
        GraphQLInputField("organizationCode", .optional(.string)),
        GraphQLInputField("jobFamilyGroupCode", .optional(.string)),
        GraphQLInputField("jobFamilyCode", .optional(.string)),
        GraphQLInputField("jobRoleCode", .optional(.string)),
        GraphQLInputField("jobLevelCode", .optional(.string)),
        GraphQLInputField("positionType", .optional(.string)),
        GraphQLInputField("employmentType", .optional(.string)),
        GraphQLInputField("titleContains", .optional(.string), description: "Whatever its case.")
    ) { codes, statuses, organization, group, family, role, level, positionType, employmentType, title in
        var filter = PositionFilter()
        filter.codes = codes
        filter.statuses = statuses
        filter.organizationCode = organization
        filter.jobFamilyGroupCode = group
        filter.jobFamilyCode = family
        filter.jobRoleCode = role
        filter.jobLevelCode = level
        filter.positionType = positionType
        filter.employmentType = employmentType
        filter.titleContains = title
        return filter
    }

    static let assignment = GraphQLInputObject(
        "AssignmentFilter", description: "Which assignments; what is left out does not matter.",
        fields: GraphQLInputField(
            "status", .optional(.list(.enumeration(FilterEnums.assignmentStatus))), description: "One of."),
        GraphQLInputField(
            "assignmentType", .optional(.list(.enumeration(FilterEnums.assignmentType))), description: "One of."),
        GraphQLInputField("employeeId", .optional(.string)),
        GraphQLInputField("isCurrent", .optional(.boolean)),
        GraphQLInputField("asOfDate", .optional(.date), description: "A day between the first and the last one.")
    ) { statuses, types, employee, isCurrent, asOfDate in
        var filter = AssignmentFilter()
        filter.statuses = statuses
        filter.types = types
        filter.employeeID = employee
        filter.isCurrent = isCurrent
        filter.asOfDate = asOfDate
        return filter
    }

    static let organization = GraphQLInputObject(
        "OrganizationFilter", description: "Which organizations; what is left out does not matter.",
        fields: GraphQLInputField("codes", .optional(.list(.string))),
        GraphQLInputField("status", .optional(.list(.enumeration(FilterEnums.catalogStatus))), description: "One of."),
        GraphQLInputField("unitType", .optional(.string)),
        GraphQLInputField("nameContains", .optional(.string), description: "Whatever its case.")
    ) { codes, statuses, unitType, name in
        var filter = OrganizationFilter()
        filter.codes = codes
        filter.statuses = statuses
        filter.unitType = unitType
        filter.nameContains = name
        return filter
    }

    static let jobLevel = GraphQLInputObject(
        "JobLevelFilter", description: "Which versions of job levels; what is left out does not matter.",
        fields: GraphQLInputField("code", .optional(.string)), GraphQLInputField("jobRoleCode", .optional(.string)),
        GraphQLInputField("status", .optional(.list(.enumeration(FilterEnums.catalogStatus))), description: "One of."),
        GraphQLInputField(
            "asOfDate", .optional(.date), description: "Of each level only the version that counts on this day.")
    ) { code, role, statuses, asOfDate in
        var filter = JobLevelFilter()
        filter.code = code
        filter.roleCode = role
        filter.statuses = statuses
        filter.asOfDate = asOfDate
        return filter
    }
}
