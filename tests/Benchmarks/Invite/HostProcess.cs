using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace CallCenter.Benchmarks.Invite;

/// <summary>Our B2BUA's process, seen from the bench.</summary>
internal sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(1);
    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public IPEndPoint Sip { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Resident memory, bytes.</summary>
    public long Resident
    {
        get
        {
            var line = File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }

    public static async Task<HostProcess> Start(IPEndPoint callee, bool media)
    {
        var order = JsonSerializer.Serialize(new InviteHost.Order(callee.ToString(), media));
        var start = new ProcessStartInfo(Environment.ProcessPath!, [InviteHost.Command, order]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var host = new HostProcess(Process.Start(start) ?? throw new InvalidOperationException("the B2BUA did not start"));
        host.Sip.Port = int.Parse(await host.Line(), CultureInfo.InvariantCulture);
        return host;
    }

    public async Task<InviteHost.Counters> Count()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        return JsonSerializer.Deserialize<InviteHost.Counters>(await Line())!;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private async Task<string> Line() => await _process.StandardOutput.ReadLineAsync().WaitAsync(AnswerTime) ?? throw new InvalidOperationException("the B2BUA has ended");
}
