using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using CallCenter.TestKit.Running;

namespace CallCenter.TestKit.Peers;

/// <summary>sipp with a <see cref="SippScript"/>: one call, whose steps the test lets go on by cues. Sending keys takes a raw socket, so it must run as root.</summary>
public sealed class SippPeer : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly PeerProcess _process;
    private readonly string _folder;
    private readonly UdpClient _cues = new(new IPEndPoint(IPAddress.Loopback, 0));
    private int _cue;

    private SippPeer(PeerProcess process, string folder, int port, int mediaPort)
    {
        _process = process;
        _folder = folder;
        (Port, MediaPort) = (port, mediaPort);
    }

    /// <summary>Its SIP port.</summary>
    public int Port { get; }

    /// <summary>Where its audio comes from and goes to.</summary>
    public int MediaPort { get; }

    /// <summary>Registers a phone of sipp's and has it wait for its call.</summary>
    public static async Task<SippPeer> Register(IPEndPoint server, string user, string password, SippScript script, double hertz = 1000)
    {
        // One after the other from the same port: a registered phone is called where its REGISTER came from.
        var port = FreePorts.Any(SocketType.Dgram);
        await using (var registers = await Start(server, user, SippScript.Registers(user, password), hertz, port))
        {
            await registers.Succeeds(Soon);
        }
        var phone = await Start(server, user, script, hertz, port);
        await Eventually.Be(() => IPGlobalProperties.GetIPGlobalProperties().GetActiveUdpListeners().Any(at => at.Port == port), Soon);
        return phone;
    }

    /// <summary>Runs the script; as a caller it calls that number.</summary>
    public static Task<SippPeer> Start(IPEndPoint server, string number, SippScript script, double hertz = 1000) =>
        Start(server, number, script, hertz, FreePorts.Any(SocketType.Dgram));

    private static async Task<SippPeer> Start(IPEndPoint server, string number, SippScript script, double hertz, int port)
    {
        var folder = Directory.CreateTempSubdirectory("sipp-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "tone.alaw"), Sipp.Alaw(hertz));
        await File.WriteAllTextAsync(Path.Combine(folder, "call.xml"), $"{script}");
        var mediaPort = FreePorts.Rtp();
        var process = new PeerProcess("sipp", "sip-tester",
            ["-sf", "call.xml", "-s", number, "-i", "127.0.0.1", "-p", $"{port}", "-mi", "127.0.0.1", "-mp", $"{mediaPort}", "-m", "1", "-nostdin", "-recv_timeout", "60000",
             "-trace_logs", "-log_file", "calls.log", "-trace_err", "-error_file", "errors.log", $"{server}"], folder);
        return new SippPeer(process, folder, port, mediaPort);
    }

    /// <summary>Lets the script go on: a request of the call's own that it waits for.</summary>
    public async Task Cue()
    {
        var number = ++_cue;
        var log = await Eventually.Get($"sipp at its cue {number}", Soon, () => Task.FromResult(Log()), said => said.Count(l => l == SippScript.Waits) >= number);
        var call = log.First(l => l.Length > 0 && l != SippScript.Waits);
        var message =
            $"MESSAGE sip:sipp@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {_cues.Client.LocalEndPoint};branch=z9hG4bKcue{number}\r\nFrom: <sip:test@127.0.0.1>;tag=cue\r\n"
            + $"To: <sip:sipp@127.0.0.1>\r\nCall-ID: {call}\r\nCSeq: {number} MESSAGE\r\nContent-Length: 0\r\n\r\n";
        await _cues.SendAsync(Encoding.ASCII.GetBytes(message), new IPEndPoint(IPAddress.Loopback, Port));
    }

    private string[] Log()
    {
        var log = Path.Combine(_folder, "calls.log");
        return File.Exists(log) ? File.ReadAllLines(log) : [];
    }

    /// <summary>Waits until the script is at its end; throws unless all went as it says.</summary>
    public async Task Succeeds(TimeSpan within)
    {
        if (await _process.Ends(within) is not 0 and var code)
        {
            var errors = Path.Combine(_folder, "errors.log");
            throw new InvalidOperationException($"sipp ended with {code}: {(File.Exists(errors) ? await File.ReadAllTextAsync(errors) : _process.Output)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _cues.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
