/// The code of what an answer is about, under the name that it has in requests.
struct Coded: Encodable {
    let code: String
}
