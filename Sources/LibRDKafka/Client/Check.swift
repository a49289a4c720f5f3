import CLibRDKafka

/// - Throws: ``KafkaError`` unless librdkafka's answer is "no error".
func check(_ response: rd_kafka_resp_err_t, _ what: String) throws(KafkaError) {
    guard response == RD_KAFKA_RESP_ERR_NO_ERROR else {
        throw KafkaError(response, "\(what): \(String(cString: rd_kafka_err2str(response)))")
    }
}

/// - Throws: ``KafkaError`` if librdkafka answered with an error object, which is destroyed.
func check(error: OpaquePointer?) throws(KafkaError) {
    if let error { throw KafkaError(taking: error) }
}
