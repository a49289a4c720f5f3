/// The files of the page.
enum ConsolePage {
    static let index = PackageResources.index_html

    static let styles = [
        ("console.css", PackageResources.console_css),
        ("flow.css", PackageResources.flow_css),
    ]

    static let scripts = [
        ("charts.js", PackageResources.charts_js),
        ("console.js", PackageResources.console_js),
        ("event.js", PackageResources.event_js),
        ("flow.js", PackageResources.flow_js),
        ("held.js", PackageResources.held_js),
        ("operator.js", PackageResources.operator_js),
        ("sections.js", PackageResources.sections_js),
        ("tables.js", PackageResources.tables_js),
        ("troubles.js", PackageResources.troubles_js),
        ("words.js", PackageResources.words_js),
    ]
}
