import Glibc
import OutboxCommandLine

exit(await CommandLineTool(OutboxCommand.root, version: OutboxCommand.version).run())
