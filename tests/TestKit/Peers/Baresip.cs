using System.Net;
using System.Net.Sockets;
using CallCenter.Media;
using CallCenter.TestKit.Running;

namespace CallCenter.TestKit.Peers;

/// <summary>How a phone's signalling and media go.</summary>
public enum PeerSecurity
{
    /// <summary>SIP over UDP, RTP.</summary>
    None,

    /// <summary>SIP over TLS, SRTP with keys in the SDP, nothing else.</summary>
    Sdes,
}

/// <summary>A baresip phone: registers with digest, answers by itself, speaks a tone, keeps what it hears.</summary>
public sealed class Baresip : IPeerPhone
{
    private const string Tls = ";transport=tls";
    private readonly PeerProcess _process;
    private readonly string _folder;
    private readonly string _server;
    private readonly int _mediaPort;
    private RtpWiretap? _wiretap;

    private Baresip(PeerProcess process, string folder, string server, int mediaPort)
    {
        _mediaPort = mediaPort;
        _process = process;
        _folder = folder;
        _server = server;
    }

    public string Output => _process.Output;

    /// <summary>Starts the phone and waits until it is registered.</summary>
    public static async Task<Baresip> Register(IPEndPoint server, string user, string password, double hertz = 1000, PeerSecurity security = PeerSecurity.None)
    {
        var phone = await Start(server, user, $"auth_pass={password};regint=60", hertz, security);
        await phone._process.Says("200 OK", TimeSpan.FromSeconds(30));
        return phone;
    }

    /// <summary>Starts a phone of no account, for calls of its own.</summary>
    public static async Task<Baresip> Unregistered(IPEndPoint server, string user, double hertz = 1000, PeerSecurity security = PeerSecurity.None)
    {
        var phone = await Start(server, user, "auth_pass=none;regint=0", hertz, security); // without a password it asks for one
        await phone._process.Says("baresip is ready", TimeSpan.FromSeconds(30));
        return phone;
    }

    public Task Call(string number) => _process.Tell($"/dial sip:{number}@{_server}\n");

    public Task Talks(TimeSpan within) => _process.Says("Call established", within);

    public Task Press(char digit) => _process.Tell($"{digit}");

    /// <inheritdoc/>
    /// <remarks>After a hold baresip 1.0 writes nothing into its file any more, whoever it talks with: from then on it is heard what comes to its port.</remarks>
    public Task Hold(bool held)
    {
        _wiretap ??= new RtpWiretap(_mediaPort);
        return _process.Tell(held ? "/hold\n" : "/resume\n");
    }

    public Task Transfer(string user) => _process.Tell($"/transfer sip:{user}@{_server}\n");

    public Task HangUp() => _process.Tell("b");

    public Task Hears(double hertz, TimeSpan within) => _wiretap?.Hears(hertz, within) ?? HeardFile.Hears(_folder, "dump-*-dec.wav", hertz, within);

    public Task HearsNothing(TimeSpan within) => _wiretap?.HearsNothing(within) ?? HeardFile.Rests(_folder, "dump-*-dec.wav", within);

    public Task Ends(TimeSpan within) => _process.Says("audio: destroyed", within);

    public Task HearsKey(char digit, TimeSpan within) => _process.Says($"'{digit}' (", within);

    /// <summary>What the phone heard in its last call; complete once the call is over.</summary>
    public short[] Heard()
    {
        var file = new DirectoryInfo(_folder).GetFiles("dump-*-dec.wav").MaxBy(f => f.LastWriteTimeUtc)
            ?? throw new InvalidOperationException($"baresip kept no audio:\n{Output}");
        using var stream = file.OpenRead();
        return Wav.Read(stream).MixToMono();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        if (_wiretap is not null)
        {
            await _wiretap.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Baresip> Start(IPEndPoint server, string user, string account, double hertz, PeerSecurity security)
    {
        var folder = Directory.CreateTempSubdirectory("baresip-").FullName;
        await using (var tone = File.Create(Path.Combine(folder, "tone.wav")))
        {
            Wav.Write(tone, Tones.Sine(hertz, TimeSpan.FromSeconds(60)).Samples);
        }
        var (transport, media) = security == PeerSecurity.Sdes ? (Tls, "mediaenc=srtp-mand;") : ("", "");
        var mediaPort = FreePorts.Rtp();
        await File.WriteAllTextAsync(Path.Combine(folder, "config"), Config(folder, mediaPort));
        await File.WriteAllTextAsync(Path.Combine(folder, "accounts"),
            $"<sip:{user}@{server}{transport}>;{media}auth_user={user};{account};answermode=auto;audio_codecs=PCMA,PCMU\n");
        // Its standard input stays open: it ends when that closes. Each line of its output is told at once.
        return new Baresip(new PeerProcess("stdbuf", "coreutils baresip-core", ["-oL", "baresip", "-f", folder, "-v"], folder), folder, $"{server}{transport}", mediaPort);
    }

    // The player aubridge throws away what is heard; the filter sndfile has kept it before.
    private static string Config(string folder, int mediaPort) => $"""
        module_path /usr/lib/baresip/modules
        module stdio.so
        module g711.so
        module aufile.so
        module aubridge.so
        module sndfile.so
        module srtp.so
        module_app account.so
        module_app menu.so
        audio_source aufile,{folder}/tone.wav
        audio_player aubridge,nothing
        audio_alert aubridge,nothing
        snd_path {folder}
        rtp_ports {mediaPort}-{mediaPort + 1}
        sip_listen 127.0.0.1:{FreePorts.Any(SocketType.Dgram)}
        """;
}
