using System.Runtime.InteropServices;
using CallCenter.Simulator;

if (args.Contains("--help"))
{
    Console.WriteLine(SimulateOptions.Usage);
    return 0;
}
var (options, error) = SimulateOptions.Parse(args, Random.Shared.Next());
if (options is null)
{
    Console.Error.WriteLine($"callcenter simulate: {error}\n\n{SimulateOptions.Usage}");
    return 2;
}
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await SimulateCommand.Run(options, TimeProvider.System, Console.Out, null, stop.Token);

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
