using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using CallCenter.Telephony.Bans;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Peers;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>What an attack run shows.</summary>
internal sealed record AttackResult(
    int Calls, int MoreCalls, int Ended, long Heard, long Lost, long Injected, int Leaked, long Flooded, long Sprayed, string Said, IReadOnlyCollection<string> Answers, IReadOnlyList<Ban> Bans);

/// <summary>
/// Calls of a trunk go on and new ones come while five addresses outside attack at once: svwar looks for users, svcrack for a password, one floods
/// with INVITEs at ten times the limit, one sprays RTP at the audio ports, one looks for users longer than svwar, which gives up when all answers are alike.
/// </summary>
internal sealed partial class AttackRun(OutsideHost? host, int seed) : IAsyncDisposable
{
    private const int FloodEach = 40;
    private static readonly TimeSpan FloodPause = TimeSpan.FromMilliseconds(20), ToolTime = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder folder = new();
    private readonly FreePorts ports = FreePorts.Find();
    private readonly List<TestPhone> phones = [];
    private readonly List<Talk> talks = [];
    private RunningGateway? gateway;
    private TestCaller? caller;

    private IPAddress Here => host?.Here ?? IPAddress.Loopback;

    private IPAddress Attacker(int n) => host?.Addresses[n] ?? IPAddress.Parse($"127.0.0.{66 + n}");

    /// <summary>Runs it.</summary>
    /// <param name="calls">Calls that go on all the time.</param>
    /// <param name="more">Calls that come and go during the attack, one after the other.</param>
    /// <param name="disguised">The tools do not name themselves.</param>
    /// <param name="plainPhones">Phones outside may register without TLS: digests can be guessed at all.</param>
    public async Task<AttackResult> Run(int calls, int more, bool disguised, bool plainPhones)
    {
        var last = ports.RtpFrom + (6 * calls) + 99;
        gateway = await RunningGateway.Start(
            folder.Path, new Setup { TrunkNetwork = "127.0.0.1/32", Limits = new(1000, 1000) },
            [
                ("Telephony:Bind", $"{Here}"), ("Telephony:RtpFrom", $"{ports.RtpFrom}"), ("Telephony:RtpTo", $"{last}"),
                .. plainPhones ? [("Telephony:PhoneNetworks", "127.0.0.0/8,198.18.0.0/15")] : host is null ? [("Telephony:PhoneNetworks", "127.0.0.1/32")] : Array.Empty<(string, string)>(),
            ]);
        caller = new TestCaller(gateway.Sip);
        foreach (var (_, user) in gateway.Setup.Phones)
        {
            phones.Add(await TestPhone.Register(gateway.Sip, user, "secret"));
        }
        for (var n = 0; n < calls; n++)
        {
            talks.Add(await Begin(n));
        }

        using var over = new CancellationTokenSource();
        await using var spray = new RtpSprayer(Udp(3), Here, ports.RtpFrom, last, seed);
        using var flooder = Udp(2);
        var flood = Task.Factory.StartNew(() => Flood(flooder, over.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using var seeker = Udp(4);
        var seek = Task.Factory.StartNew(() => Seek(seeker), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await using var scan = SipVicious.Scan(gateway.Sip, Attacker(0), plainPhones ? "INVITE" : "REGISTER", "1001-1003,100-999", host, disguised);
        await using var guess = SipVicious.Guess(gateway.Sip, Attacker(1), "1001", Passwords(), host, disguised);
        for (var n = 0; n < more; n++)
        {
            talks.Add(await Begin(n));
            await talks[^1].HangUp(gateway);
        }
        await scan.Ends(ToolTime);
        await guess.Ends(ToolTime);
        var going = talks.Take(calls).ToList();
        await Task.WhenAll(going.Select(t => t.BothHear()));
        await over.CancelAsync();
        return new(
            calls, more, going.Count(t => !t.GoesOn), talks.Sum(t => t.Packets.Heard), talks.Sum(t => t.Packets.Lost), talks.Sum(t => t.Sprayed),
            spray.Leaked, await flood, spray.Sent, scan.Output + guess.Output, await seek, gateway.Services.GetRequiredService<BanList>().All());
    }

    /// <summary>Nothing that the attack could do was done; the attackers are banned.</summary>
    /// <param name="result">What was seen.</param>
    /// <param name="banned">The attackers that went on long enough.</param>
    public void Check(AttackResult result, params int[] banned)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"seed {seed}: attack from {(host is null ? "a loopback address outside of the trusted ones" : "a network namespace")}; {result.Calls} calls and {result.MoreCalls} more, {result.Ended} ended early, "
            + $"{result.Heard} packets heard, {result.Lost} lost, {result.Injected} injected, {result.Leaked} bytes leaked; {result.Flooded} INVITEs flooded, {result.Sprayed} packets sprayed; banned: {string.Join(", ", result.Bans.Select(b => $"{b.Address} ({b.Offence})"))}");
        result.Ended.ShouldBe(0);
        (result.Lost, result.Injected, result.Leaked).ShouldBe((0L, 0L, 0), $"seed {seed}");
        result.Said.ShouldNotContain("1001 |"); // svwar's table of users that it found
        result.Said.ShouldNotContain("secret");
        result.Answers.ShouldHaveSingleItem(); // to whom we know and whom we do not
        foreach (var attacker in banned)
        {
            result.Bans.ShouldContain(b => b.Address == $"{Attacker(attacker)}", result.Said);
        }
        result.Bans.ShouldNotContain(b => b.Address == "127.0.0.1");
    }

    public async ValueTask DisposeAsync()
    {
        if (caller is not null)
        {
            await caller.DisposeAsync();
        }
        foreach (var phone in phones)
        {
            await phone.DisposeAsync();
        }
        if (gateway is not null)
        {
            await gateway.DisposeAsync();
        }
        folder.Dispose();
    }

    private Task<Talk> Begin(int n) => Talk.Begin(gateway!, caller!, phones[n % phones.Count], gateway!.Setup.Phones[n % phones.Count].Agent, recorded: false);

    private Socket Udp(int attacker)
    {
        if (host is not null)
        {
            return host.OpenUdp(Attacker(attacker));
        }
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(Attacker(attacker), 0));
        return socket;
    }

    /// <summary>2,000 INVITEs a second, each a call of its own.</summary>
    private long Flood(Socket socket, CancellationToken over)
    {
        var sent = 0L;
        while (!over.IsCancellationRequested)
        {
            var text = $"INVITE sip:{RunningGateway.Number}@{gateway!.Sip} SIP/2.0\r\nVia: SIP/2.0/UDP {socket.LocalEndPoint};branch=z9hG4bKf{sent};rport\r\nFrom: <sip:{sent}@x>;tag=f\r\nTo: <sip:1@x>\r\nCall-ID: flood{sent}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n";
            socket.SendTo(Encoding.ASCII.GetBytes(text), gateway.Sip);
            if (++sent % FloodEach == 0)
            {
                over.WaitHandle.WaitOne(FloodPause);
            }
        }
        return sent;
    }

    /// <summary>Asks for 300 users, three of them known, until it is not answered any more; the answers without what differs from request to request.</summary>
    private HashSet<string> Seek(Socket socket)
    {
        var answers = new HashSet<string>(StringComparer.Ordinal);
        var buffer = new byte[4096];
        for (var user = 1001; user < 1301; user++)
        {
            var text = $"REGISTER sip:{gateway!.Sip} SIP/2.0\r\nVia: SIP/2.0/UDP {socket.LocalEndPoint};branch=z9hG4bKs{user};rport\r\nFrom: <sip:{user}@x>;tag=f\r\nTo: <sip:{user}@x>\r\nCall-ID: seek{user}\r\nCSeq: 1 REGISTER\r\nContact: <sip:{user}@{socket.LocalEndPoint}>\r\nContent-Length: 0\r\n\r\n";
            socket.SendTo(Encoding.ASCII.GetBytes(text), gateway.Sip);
            if (socket.Poll(TimeSpan.FromSeconds(user < 1101 ? 10 : 0.01), SelectMode.SelectRead))
            {
                // It may be the answer to an earlier one.
                answers.Add(Varying().Replace(Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer)), "…"));
            }
        }
        return answers;
    }

    [GeneratedRegex("(?<=tag=)[A-Za-z0-9]{2,}|(?<=nonce=\")[^\"]+|(?<=sip:|seek|z9hG4bKs)[0-9]{4}")]
    private static partial Regex Varying();

    /// <summary>The right one is the 200th.</summary>
    private static IEnumerable<string> Passwords() => [.. Enumerable.Range(0, 199).Select(n => $"guess{n}"), "secret", .. Enumerable.Range(200, 100).Select(n => $"guess{n}")];
}
