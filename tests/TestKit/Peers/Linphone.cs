using System.Net;
using System.Net.Sockets;
using CallCenter.Media;
using CallCenter.TestKit.Running;

namespace CallCenter.TestKit.Peers;

/// <summary>How a linphone phone is set up.</summary>
public sealed record LinphoneSetup
{
    public PeerSecurity Security { get; init; }

    /// <summary>Keys go by INFO and not by RFC 4733.</summary>
    public bool KeysByInfo { get; init; }

    /// <summary>Seconds of the session timer that it asks for in its own calls (RFC 4028); 0: none, nor where it is called.</summary>
    public int SessionSeconds { get; init; }
}

/// <summary>
/// A linphonec phone (linphone without a screen): registers with digest, answers by itself, speaks a tone from a file, keeps what it hears in another, so
/// that it needs no sound card. Its calls are numbered from 1.
/// </summary>
public sealed class Linphone : IPeerPhone
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly PeerProcess _process;
    private readonly string _folder;
    private readonly string _server;

    private Linphone(PeerProcess process, string folder, string server)
    {
        _process = process;
        _folder = folder;
        _server = server;
    }

    public string Output => _process.Output;

    /// <summary>Starts a phone that registers; the server tells when it has.</summary>
    public static Task<Linphone> Register(IPEndPoint server, string user, string password, double hertz = 1000, LinphoneSetup? setup = null) =>
        Start(server, user, password, hertz, setup);

    /// <summary>Starts a phone of no account, for calls of its own.</summary>
    public static Task<Linphone> Unregistered(IPEndPoint server, string user, double hertz = 1000, LinphoneSetup? setup = null) =>
        Start(server, user, null, hertz, setup);

    public Task Call(string number) => _process.Tell($"call {_server.Replace("sip:", $"sip:{number}@", StringComparison.Ordinal)}\n");

    public Task Talks(TimeSpan within) => _process.Says("Media streams established", within);

    public Task Press(char digit) => _process.Tell($"{digit}\n");

    public Task Hold(bool held) => _process.Tell(held ? "pause\n" : "resume 1\n");

    public Task Transfer(string user) => _process.Tell($"transfer {_server.Replace("sip:", $"sip:{user}@", StringComparison.Ordinal)}\n");

    /// <summary>Hands its caller on, attended: REFER with Replaces. Its agent consults from the desk, in the call that it has, and that is the one it names.</summary>
    public Task TransferToConsulted() => _process.Tell("transfer 1 --to-call 1\n");

    public Task HangUp() => _process.Tell("terminate\n");

    public Task Hears(double hertz, TimeSpan within) => HeardFile.Hears(_folder, "heard.wav", hertz, within);

    public Task HearsNothing(TimeSpan within) => HeardFile.Rests(_folder, "heard.wav", within);

    public Task Ends(TimeSpan within) => _process.Says("ended (", within);

    public Task HearsKey(char digit, TimeSpan within) => _process.Says($"Receiving tone {digit}", within);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Linphone> Start(IPEndPoint server, string user, string? password, double hertz, LinphoneSetup? setup)
    {
        setup ??= new LinphoneSetup();
        var transport = setup.Security == PeerSecurity.Sdes ? ";transport=tls" : "";
        var folder = Directory.CreateTempSubdirectory("linphone-").FullName;
        // Without a place for its database it does not even start.
        Directory.CreateDirectory(Path.Combine(folder, ".local", "share", "linphone"));
        await using (var tone = File.Create(Path.Combine(folder, "tone.wav")))
        {
            Wav.Write(tone, Tones.Sine(hertz, TimeSpan.FromSeconds(60)).Samples);
        }
        await File.WriteAllTextAsync(Path.Combine(folder, "linphonerc"), Config(user, setup) + (password is null ? "" : Account(user, password, $"{server}", transport)));
        var process = new PeerProcess("stdbuf", "coreutils linphone-cli", ["-oL", "linphonec", "-a", "-c", Path.Combine(folder, "linphonerc")], folder);
        var phone = new Linphone(process, folder, $"sip:{server}{transport}");
        await process.Tell($"soundcard use files\nplay {folder}/tone.wav\nrecord {folder}/heard.wav\nstates global\n");
        await process.Says("LinphoneGlobalOn", Soon);
        return phone;
    }

    private static string Account(string user, string password, string server, string transport) => $"""
        [proxy_0]
        reg_proxy=<sip:{server}{transport}>
        reg_identity=sip:{user}@{server}
        reg_expires=300
        reg_sendregister=1
        publish=0
        [auth_info_0]
        username={user}
        passwd={password}

        """;

    // ipv6_migration_done: else it switches IPv6 on by itself and offers the machine's own address.
    private static string Config(string user, LinphoneSetup setup) => $"""
        [sip]
        sip_port={FreePorts.Any(SocketType.Dgram)}
        sip_tcp_port=-1
        sip_tls_port=-1
        contact=sip:{user}@127.0.0.1
        default_proxy=0
        use_ipv6=0
        ipv6_migration_done=1
        register_only_when_network_is_up=0
        verify_server_certs=0
        verify_server_cn=0
        media_encryption={(setup.Security == PeerSecurity.Sdes ? "srtp" : "none")}
        media_encryption_mandatory={(setup.Security == PeerSecurity.None ? 0 : 1)}
        use_info={(setup.KeysByInfo ? 1 : 0)}
        use_rfc2833={(setup.KeysByInfo ? 0 : 1)}
        session_expires_enabled={(setup.SessionSeconds > 0 ? 1 : 0)}
        session_expires_value={setup.SessionSeconds}
        [rtp]
        audio_rtp_port={FreePorts.Rtp()}
        [video]
        capture=0
        display=0
        automatically_initiate=0
        automatically_accept=0
        [sound]
        echocancellation=0

        """;
}
