/// One of each key, the newest, sorted by key, so that concurrent writers take keys in the same order.
package func newestOfEachKey<Element>(
    _ elements: [Element], key: (Element) -> String, version: (Element) -> Int64
) -> [Element] {
    var newest: [Element] = []
    for element in elements.sorted(by: { (key($0), version($0)) < (key($1), version($1)) }) {
        if let last = newest.last, key(last) == key(element) { newest.removeLast() }
        newest.append(element)
    }
    return newest
}
