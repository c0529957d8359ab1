using System.Diagnostics;
using CallCenter.Hosting;

namespace CallCenter.Fleet.Members;

/// <summary>
/// A program in a session of its own, so that Ctrl-C reaches the supervisor alone and a signal all of the program's processes. What it prints goes
/// to its log.
/// </summary>
/// <param name="name">As commands name it.</param>
/// <param name="command">The program and its arguments, as they are at each start.</param>
/// <param name="environment">Added to the supervisor's own.</param>
/// <param name="log">Where what it prints is added.</param>
/// <param name="stopTime">Between SIGTERM and SIGKILL.</param>
internal sealed class Subprocess(string name, Func<IReadOnlyList<string>> command, IReadOnlyDictionary<string, string> environment, DataFolder data, string log, TimeSpan stopTime) : IMember
{
    // One that has ended is left to the collector, not disposed: somebody may be asking it still.
    private volatile Process? _process;

    public string Name => name;

    public int? ProcessId => _process is { HasExited: false } process ? process.Id : null;

    public bool IsSession => true;

    public Task Start(CancellationToken ct)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec setsid \"$@\" >>\"$0\" 2>&1 </dev/null", log, .. command()]) { WorkingDirectory = data.Root };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }
        var process = Process.Start(start)!;
        _process = process;
        Leftovers.Note(data, name, process.Id);
        return Task.CompletedTask;
    }

    public Task Gone(CancellationToken ct) => _process?.WaitForExitAsync(ct) ?? Task.CompletedTask;

    public async Task Stop()
    {
        if (_process is { HasExited: false } process)
        {
            Signals.Send(this, Signals.Terminate);
            // A frozen one could not end.
            Signals.Send(this, Signals.Continue);
            await End(process);
        }
        Leftovers.Forget(data, name);
    }

    private async Task End(Process process)
    {
        using var late = new CancellationTokenSource(stopTime, TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            Signals.Send(this, Signals.Kill);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
