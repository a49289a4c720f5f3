import Glibc
import OutboxCommandLine

exit(await CommandLineTool(RunbookCommand.command, version: "0.1.0").run())
