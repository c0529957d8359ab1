using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace CallCenter.Benchmarks.Invite;

/// <summary>Kamailio of Debian as a stateful relay (tm) that stays in the dialog (rr), with one UDP worker as we have one loop; nothing is logged.</summary>
internal sealed class Kamailio : IDisposable
{
    private const string Program = "/usr/sbin/kamailio";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("callcenter-kamailio-");
    private readonly Process _process;

    public Kamailio(IPEndPoint local, IPEndPoint callee)
    {
        Local = local;
        var file = Path.Combine(_folder.FullName, "kamailio.cfg");
        File.WriteAllText(file, Configuration(local, callee));
        var start = new ProcessStartInfo(Program, ["-DD", "-E", "-f", file, "-m", "512", "-M", "16", "-Y", _folder.FullName, "-w", _folder.FullName]) { RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException("kamailio did not start");
        _ = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync();
    }

    public IPEndPoint Local { get; }

    /// <summary>The parent; its worker, timers and helpers are its children.</summary>
    public int Id => _process.Id;

    /// <summary>Throws when the program is not installed.</summary>
    public static void Check()
    {
        if (!File.Exists(Program))
        {
            throw new InvalidOperationException($"{Program} is missing; install it with: apt-get install -y --no-install-recommends kamailio");
        }
    }

    /// <summary>Completes when it listens.</summary>
    public async Task Ready(TimeProvider clock)
    {
        var listening = string.Create(CultureInfo.InvariantCulture, $"0100007F:{Local.Port:X4} ");
        for (var from = clock.GetTimestamp(); !(await File.ReadAllTextAsync("/proc/net/udp")).Contains(listening, StringComparison.Ordinal);)
        {
            if (_process.HasExited || clock.GetElapsedTime(from) > StartTime)
            {
                throw new InvalidOperationException("kamailio does not listen; try `kamailio -c -f` with the configuration that this bench writes");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock);
        }
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Configuration(IPEndPoint local, IPEndPoint callee) => $$"""
        #!KAMAILIO
        debug=0
        log_stderror=yes
        children=1
        disable_tcp=yes
        auto_aliases=no
        dns=no
        rev_dns=no
        maxbuffer=4194304
        listen=udp:{{local}}
        loadmodule "tm.so"
        loadmodule "rr.so"
        request_route {
            if (loose_route()) {
                t_relay();
                exit;
            }
            if (method=="INVITE") {
                record_route();
            }
            t_relay_to_udp("{{callee.Address}}", "{{callee.Port}}");
        }

        """;
}
