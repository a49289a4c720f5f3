import Glibc
import OutboxCommandLine

exit(await CommandLineTool(WorkforceCommand.root, version: WorkforceCommand.version).run())
