using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace CallCenter.Benchmarks.Relay;

/// <summary>Speaks rtpengine's ng protocol: a cookie and a bencoded dictionary in a datagram.</summary>
internal sealed partial class Rtpengine(IPEndPoint control, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private int _cookie;

    /// <summary>Arguments of a daemon in user space that answers at <paramref name="control"/>.</summary>
    public static string[] Arguments(IPEndPoint control) =>
    [
        "--config-file=none", "--table=-1", "--interface=127.0.0.1", $"--listen-ng={control}", "--port-min=40000", "--port-max=59999",
        "--foreground", "--log-stderr", "--log-level=3", "--timeout=600",
    ];

    public async Task Ready(CancellationToken ct)
    {
        for (; ; ct.ThrowIfCancellationRequested())
        {
            try
            {
                await Ask(new() { ["command"] = "ping" });
                return;
            }
            catch (Exception e) when (e is TimeoutException or SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), clock, ct);
            }
        }
    }

    /// <summary>A call between the two sides; the ports at which it takes the caller's and the agent's packets.</summary>
    public async Task<(int Caller, int Agent)> Call(int number, IPEndPoint[] sides)
    {
        var id = number.ToString(CultureInfo.InvariantCulture);
        var offered = await Ask(new() { ["command"] = "offer", ["call-id"] = id, ["from-tag"] = "a", ["sdp"] = Sdp(sides[0]), ["ICE"] = "remove" });
        var answered = await Ask(new() { ["command"] = "answer", ["call-id"] = id, ["from-tag"] = "a", ["to-tag"] = "b", ["sdp"] = Sdp(sides[1]), ["ICE"] = "remove" });
        return (PortOf(answered), PortOf(offered));
    }

    public void Dispose() => _socket.Dispose();

    private async Task<string> Ask(Dictionary<string, string> request)
    {
        var text = new StringBuilder($"{++_cookie} d");
        foreach (var (key, value) in request.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{key.Length}:{key}{value.Length}:{value}");
        }

        using var deadline = new CancellationTokenSource(AnswerTime, clock);
        await _socket.SendAsync(Encoding.ASCII.GetBytes(text.Append('e').ToString()), control, deadline.Token);
        try
        {
            var answer = Encoding.ASCII.GetString((await _socket.ReceiveAsync(deadline.Token)).Buffer);
            return answer.Contains("6:result5:error", StringComparison.Ordinal) ? throw new InvalidOperationException($"rtpengine: {answer}") : answer;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"rtpengine at {control} does not answer");
        }
    }

    private static string Sdp(IPEndPoint at) => string.Create(CultureInfo.InvariantCulture,
        $"v=0\r\no=- 1 1 IN IP4 {at.Address}\r\ns=-\r\nc=IN IP4 {at.Address}\r\nt=0 0\r\nm=audio {at.Port} RTP/AVP {RtpLoad.PayloadType}\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n");

    private static int PortOf(string answer) => AudioLine().Match(answer) is { Success: true } line
        ? int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"rtpengine: {answer}");

    [GeneratedRegex(@"m=audio (\d+) ")]
    private static partial Regex AudioLine();
}
