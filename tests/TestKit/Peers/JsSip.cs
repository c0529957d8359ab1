using CallCenter.TestKit.Running;

namespace CallCenter.TestKit.Peers;

/// <summary>
/// A telephone of JsSIP in Chromium: registers by a WebSocket with a sign-in token, answers by itself, speaks a tone, tells what it hears. Its libraries
/// are those of the desk's client.
/// </summary>
public sealed class JsSip : IPeerPhone
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(120);
    private readonly PeerProcess _process;
    private readonly string _folder;

    private JsSip(PeerProcess process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    public string Output => _process.Output;

    /// <summary>Opens a page of the site and waits until it is registered.</summary>
    /// <param name="site">The gateway's web address; https: the socket is wss.</param>
    /// <param name="uri">The address of record of the token's user.</param>
    public static async Task<JsSip> Register(Uri site, string uri, string token, double hertz = 1000)
    {
        var web = Path.Combine(Source.Root, "services", "Desk", "web");
        if (!Directory.Exists(Path.Combine(web, "node_modules")))
        {
            throw new InvalidOperationException($"the desk's client has no packages: npm ci --prefix {web}");
        }
        var folder = Directory.CreateTempSubdirectory("jssip-").FullName;
        var script = Path.Combine(Source.Root, "tests", "TestKit", "Peers", "jssip-phone.mjs");
        var process = new PeerProcess("node", "nodejs chromium", [script, web, site.GetLeftPart(UriPartial.Authority), uri, token, $"{hertz}"], folder);
        await process.Says("registered", Soon);
        return new JsSip(process, folder);
    }

    public Task Call(string number) => _process.Tell($"call {number}\n");

    public Task Talks(TimeSpan within) => _process.Says("confirmed", within);

    public Task Press(char digit) => _process.Tell($"press {digit} RFC2833\n");

    /// <summary>Presses a key by INFO.</summary>
    public Task PressByInfo(char digit) => _process.Tell($"press {digit} INFO\n");

    public Task Hold(bool held) => _process.Tell(held ? "hold\n" : "resume\n");

    public Task Transfer(string user) => _process.Tell($"transfer {user}\n");

    /// <summary>Hands its caller on, attended: REFER with Replaces. Its agent consults from the desk, in the call that it has, and that is the one it names.</summary>
    public Task TransferToConsulted(string user) => _process.Tell($"complete {user}\n");

    public Task HangUp() => _process.Tell("end\n");

    public Task Hears(double hertz, TimeSpan within) => _process.Says(
        line => line.StartsWith("hears ", StringComparison.Ordinal) && Math.Abs(int.Parse(line[6..], System.Globalization.CultureInfo.InvariantCulture) - hertz) < 20,
        $"hears {hertz}", within, _process.Lines);

    public Task HearsNothing(TimeSpan within) => _process.Says("hears 0", within, _process.Lines);

    public Task Ends(TimeSpan within) => _process.Says("ended", within);

    /// <summary>Waits until its own call is refused with that code.</summary>
    public Task Refused(int code, TimeSpan within) => _process.Says($"failed {code}", within);

    /// <summary>A browser shows its page no key that comes in: not there.</summary>
    public Task HearsKey(char digit, TimeSpan within) => throw new NotSupportedException("WebRTC gives a page no telephone events that come in");

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
