using System.Net;
using System.Net.Sockets;
using CallCenter.Media;
using CallCenter.TestKit.Running;

namespace CallCenter.TestKit.Peers;

/// <summary>A baresip phone as an agent's: registers with digest, answers by itself, speaks a tone, keeps what it hears.</summary>
public sealed class Baresip : IAsyncDisposable
{
    private readonly PeerProcess _process;
    private readonly string _folder;

    private Baresip(PeerProcess process, string folder)
    {
        _process = process;
        _folder = folder;
    }

    public string Output => _process.Output;

    /// <summary>Starts the phone and waits until it is registered.</summary>
    /// <param name="secure">By TLS, and with no media but SRTP with keys in the SDP.</param>
    public static async Task<Baresip> Register(IPEndPoint server, string user, string password, double hertz = 1000, bool secure = false)
    {
        var folder = Directory.CreateTempSubdirectory("baresip-").FullName;
        await using (var tone = File.Create(Path.Combine(folder, "tone.wav")))
        {
            Wav.Write(tone, Tones.Sine(hertz, TimeSpan.FromSeconds(60)).Samples);
        }
        await File.WriteAllTextAsync(Path.Combine(folder, "config"), Config(folder));
        await File.WriteAllTextAsync(Path.Combine(folder, "accounts"),
            $"<sip:{user}@{server}{(secure ? ";transport=tls" : "")}>;{(secure ? "mediaenc=srtp-mand;" : "")}auth_user={user};auth_pass={password};answermode=auto;regint=60;audio_codecs=PCMA,PCMU\n");
        // Its standard input stays open: it ends when that closes.
        var process = new PeerProcess("baresip", "baresip-core", ["-f", folder, "-v"], folder);
        await process.Says("200 OK", TimeSpan.FromSeconds(15));
        return new Baresip(process, folder);
    }

    /// <summary>Waits until the phone has answered a call.</summary>
    public Task Answers(TimeSpan within) => _process.Says("Call established", within);

    /// <summary>Hangs up the present call.</summary>
    public Task HangUp() => _process.Tell("b");

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
        Directory.Delete(_folder, recursive: true);
    }

    // The player aubridge throws away what is heard; the filter sndfile has kept it before.
    private static string Config(string folder) => $"""
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
        sip_listen 127.0.0.1:{FreePorts.Any(SocketType.Dgram)}
        """;
}
