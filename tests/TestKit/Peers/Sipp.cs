using System.Globalization;
using System.Net;
using CallCenter.Media;
using CallCenter.TestKit.Running;

namespace CallCenter.TestKit.Peers;

/// <summary>
/// A sipp caller: calls a number, speaks a tone, presses a key (RFC 4733, from sipp's own capture) after a while, stays
/// for a while, hangs up. Sending captures takes a raw socket, so sipp must run as root.
/// </summary>
public sealed class Sipp : IAsyncDisposable
{
    private const string Captures = "/usr/share/sip-tester";
    private readonly PeerProcess _process;
    private readonly string _folder;

    private Sipp(PeerProcess process, string folder, int mediaPort)
    {
        _process = process;
        _folder = folder;
        MediaPort = mediaPort;
    }

    /// <summary>Where sipp's audio comes from and goes to.</summary>
    public int MediaPort { get; }

    /// <param name="pressAfter">The time a person listens before pressing the key.</param>
    /// <param name="stay">The time from the key to the hang-up.</param>
    public static async Task<Sipp> Call(IPEndPoint server, string number, string from, double hertz, char key, TimeSpan pressAfter, TimeSpan stay)
    {
        var folder = Directory.CreateTempSubdirectory("sipp-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "tone.alaw"), Alaw(hertz));
        File.Copy(Path.Combine(Captures, $"dtmf_2833_{(key == '*' ? "star" : key == '#' ? "pound" : key.ToString())}.pcap"), Path.Combine(folder, "key.pcap"));
        await File.WriteAllTextAsync(Path.Combine(folder, "call.xml"), Scenario(from, pressAfter, stay));
        var mediaPort = FreePorts.Rtp();
        var process = new PeerProcess("sipp", "sip-tester",
            ["-sf", "call.xml", "-s", number, "-i", "127.0.0.1", "-mi", "127.0.0.1", "-mp", $"{mediaPort}", "-m", "1", "-nostdin",
             "-trace_err", "-error_file", "errors.log", $"{server}"], folder);
        return new Sipp(process, folder, mediaPort);
    }

    /// <summary>Waits until the call is over; throws unless it went as the scenario says.</summary>
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
        Directory.Delete(_folder, recursive: true);
    }

    internal static byte[] Alaw(double hertz)
    {
        var tone = Tones.Sine(hertz, TimeSpan.FromSeconds(10)).Samples;
        var coded = new byte[tone.Length];
        G711.Encode(AudioCodec.Pcma, tone, coded);
        return coded;
    }

    private static string Scenario(string from, TimeSpan pressAfter, TimeSpan stay) => $"""
        <?xml version="1.0" encoding="ISO-8859-1" ?>
        <scenario name="caller">
          <send retrans="500"><![CDATA[
            INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
            Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
            From: <sip:{from}@[local_ip]:[local_port]>;tag=[call_number]
            To: <sip:[service]@[remote_ip]:[remote_port]>
            Call-ID: [call_id]
            CSeq: 1 INVITE
            Contact: <sip:{from}@[local_ip]:[local_port]>
            Max-Forwards: 70
            Content-Type: application/sdp
            Content-Length: [len]

            v=0
            o=caller 1 1 IN IP4 [local_ip]
            s=-
            c=IN IP4 [media_ip]
            t=0 0
            m=audio [media_port] RTP/AVP 8 101
            a=rtpmap:8 PCMA/8000
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-15
          ]]></send>
          <recv response="100" optional="true"/>
          <recv response="180" optional="true"/>
          <recv response="183" optional="true"/>
          <recv response="200" rrs="true"/>
          <send><![CDATA[
            ACK [next_url] SIP/2.0
            Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
            [routes]
            [last_From:]
            [last_To:]
            Call-ID: [call_id]
            CSeq: 1 ACK
            Max-Forwards: 70
            Content-Length: 0

          ]]></send>
          <nop><action><exec rtp_stream="tone.alaw,-1,8"/></action></nop>
          <pause milliseconds="{Milliseconds(pressAfter)}"/>
          <nop><action><exec play_pcap_audio="key.pcap"/></action></nop>
          <pause milliseconds="{Milliseconds(stay)}"/>
          <send retrans="500"><![CDATA[
            BYE [next_url] SIP/2.0
            Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
            [routes]
            [last_From:]
            [last_To:]
            Call-ID: [call_id]
            CSeq: 2 BYE
            Max-Forwards: 70
            Content-Length: 0

          ]]></send>
          <recv response="200"/>
        </scenario>
        """;

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
