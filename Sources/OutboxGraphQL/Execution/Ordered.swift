/// The results for a number of items, in the items' order.
///
/// - Parameter limit: how many are worked on at the same time; 1 does them one after the other, in this task.
func ordered<Item: Sendable, Output: Sendable>(
    _ items: [Item], concurrently limit: Int, _ work: @escaping @Sendable (Item) async -> Output
) async -> [Output] {
    guard limit > 1, items.count > 1 else {
        var results: [Output] = []
        results.reserveCapacity(items.count)
        for item in items {
            results.append(await work(item))
        }
        return results
    }
    return await withTaskGroup(of: (Int, Output).self) { group in
        var results = [Output?](repeating: nil, count: items.count)
        for (index, item) in items.enumerated() {
            if index >= limit, let (done, result) = await group.next() { results[done] = result }
            group.addTask { (index, await work(item)) }
        }
        for await (done, result) in group {
            results[done] = result
        }
        return results.compactMap(\.self)
    }
}
