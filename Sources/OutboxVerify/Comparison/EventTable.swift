import FoundationEssentials

/// Events by their id: entries in chunks that never move, and an index of 32-bit numbers over them.
struct EventTable {
    private static let chunkSize = 1 << 14

    private var chunks: [ContiguousArray<EventEntry>] = []
    /// Open addressing; 0 is a free slot, any other number an entry's position + 1.
    private var slots = ContiguousArray<UInt32>(repeating: 0, count: 1 << 10)
    private(set) var count = 0

    /// The memory that it takes, also while its index grows.
    var byteCount: Int {
        chunks.count * Self.chunkSize * MemoryLayout<EventEntry>.stride + slots.count * 6
    }

    subscript(position: Int) -> EventEntry {
        get { chunks[position / Self.chunkSize][position % Self.chunkSize] }
        _modify { yield &chunks[position / Self.chunkSize][position % Self.chunkSize] }
    }

    func position(of id: UUID) -> Int? {
        let slot = slots[slot(of: id)]
        return slot == 0 ? nil : Int(slot) - 1
    }

    /// - Returns: where the event's entry is, an empty one if it is new.
    mutating func insert(_ id: UUID) -> (position: Int, isNew: Bool) {
        let slot = slot(of: id)
        if slots[slot] != 0 { return (Int(slots[slot]) - 1, false) }
        if count % Self.chunkSize == 0 {
            var chunk = ContiguousArray<EventEntry>()
            chunk.reserveCapacity(Self.chunkSize)
            chunks.append(chunk)
        }
        chunks[chunks.count - 1].append(EventEntry(id: id))
        count += 1
        slots[slot] = UInt32(count)
        if count * 4 > slots.count * 3 { growIndex() }
        return (count - 1, true)
    }

    private func slot(of id: UUID) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: Self.hash(id)) & mask
        while slots[slot] != 0, self[Int(slots[slot]) - 1].id != id { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func growIndex() {
        slots = ContiguousArray(repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for position in 0..<count {
            var slot = Int(truncatingIfNeeded: Self.hash(self[position].id)) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(position + 1)
        }
    }

    private static func hash(_ id: UUID) -> UInt64 {
        withUnsafeBytes(of: id.uuid) { bytes in
            let high = bytes.loadUnaligned(as: UInt64.self)
            let low = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            var hash = (high ^ low.byteSwapped) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
            return hash &* 0xD6E8_FEB8_6659_FD93 >> 16
        }
    }
}
