import Glibc
import LibRDKafka
import OutboxCommandLine

KafkaMemory.prepareAllocator()
exit(await CommandLineTool(OutboxCommand.root, version: OutboxCommand.version).run())
