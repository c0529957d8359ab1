using System.Diagnostics;
using System.Net;
using System.Text;

namespace CallCenter.Benchmarks.Invite;

/// <summary>
/// The callers of a load: INVITE, ACK to the 200, BYE after the talk, each repeated after 500 ms without an answer (timers A and E of
/// RFC 3261, without doubling: one repetition already fails the bench).
/// </summary>
internal sealed class SipCallers : IDisposable
{
    private const int RepeatMs = 500, GiveUpMs = 10_000;
    private static ReadOnlySpan<byte> Mark => "x9k"u8;

    private readonly SipSocket _socket;
    private readonly Call[] _calls;
    private readonly Queue<(int Call, long At)> _talking = new();
    private readonly byte[] _space = new byte[SipSocket.MessageMax];
    private readonly byte[] _host;
    private readonly byte[] _sdp;
    private readonly int _first;
    private byte[] _peer = [];
    private int _oldest;

    /// <param name="first">Number of the first call: none of an earlier load, for its transactions live on for 32 s.</param>
    public SipCallers(IPEndPoint local, int first, int callsMax)
    {
        _first = first;
        _socket = new SipSocket(local);
        _calls = new Call[callsMax];
        _host = Encoding.ASCII.GetBytes(local.ToString());
        _sdp = Sdp(local.Address, 30_000);
    }

    /// <summary>How long a call is talked, from the 200 to the BYE.</summary>
    public TimeSpan Talk { get; init; } = TimeSpan.FromMilliseconds(100);

    public int Started { get; private set; }

    public int Completed { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Requests of ours that had to be repeated, and responses that came twice.</summary>
    public int Retransmissions { get; private set; }

    /// <summary>Milliseconds from INVITE to 200, of each call that was answered.</summary>
    public List<double> SetUp { get; } = [];

    public bool AllOver => Completed + Failed == Started;

    public static byte[] Sdp(IPAddress address, int port) => Encoding.ASCII.GetBytes(
        $"v=0\r\no=- 3724394400 3724394405 IN IP4 {address}\r\ns=call\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n");

    public void Connect(IPEndPoint peer)
    {
        _socket.Connect(peer);
        _peer = Encoding.ASCII.GetBytes(peer.ToString());
    }

    /// <summary>Places the next call.</summary>
    public void Start(long now)
    {
        var number = Started++;
        ref var call = ref _calls[number];
        var text = new SipText(_space);
        text.Add("INVITE sip:c"u8);
        text.AddCall(_first + number);
        text.Add("@"u8);
        text.Add(_peer);
        Line(ref text, number, "a"u8);
        text.Add("\r\nMax-Forwards: 70\r\nFrom: \"Caller\" <sip:+358401234567@"u8);
        text.Add(_host);
        text.Add(">;tag=f"u8);
        text.AddCall(_first + number);
        text.Add("\r\nTo: <sip:c"u8);
        text.AddCall(_first + number);
        text.Add("@"u8);
        text.Add(_peer);
        text.Add(">"u8);
        Tail(ref text, number, "1 INVITE"u8);
        text.Add("\r\nContact: <sip:caller@"u8);
        text.Add(_host);
        text.Add(">\r\nContent-Type: application/sdp\r\nContent-Length: "u8);
        text.Add(_sdp.Length);
        text.Add("\r\n\r\n"u8);
        text.Add(_sdp);
        call = new Call { Phase = Phase.Calling, InvitedAt = now, SentAt = now, Request = text.Written.ToArray() };
        _socket.Send(call.Request);
    }

    /// <summary>Takes what has come, sends what is due.</summary>
    public void Turn(long now)
    {
        _socket.Receive(message => Take(message, now));
        while (_talking.TryPeek(out var next) && next.At <= now)
        {
            _talking.Dequeue();
            HangUp(next.Call, now);
        }

        _socket.Flush();
    }

    /// <summary>Repeats what was not answered, gives up what never will be.</summary>
    public void Watch(long now)
    {
        while (_oldest < Started && _calls[_oldest].Phase == Phase.Over)
        {
            _oldest++;
        }

        for (var number = _oldest; number < Started; number++)
        {
            ref var call = ref _calls[number];
            if (call.Phase is Phase.Over or Phase.Talking)
            {
                continue;
            }

            if (Milliseconds(call.SentAt, now) >= GiveUpMs)
            {
                Failed++;
                call = new Call { Phase = Phase.Over };
            }
            else if (call.Phase is Phase.Calling or Phase.Ending && Milliseconds(call.SentAt, now) >= RepeatMs * (call.Repeats + 1))
            {
                call.Repeats++;
                Retransmissions++;
                _socket.Send(call.Request);
            }
        }

        _socket.Flush();
    }

    public void Dispose() => _socket.Dispose();

    private static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    private void Take(ReadOnlySpan<byte> message, long now)
    {
        var number = SipLines.Call(SipLines.Find(message, "Call-ID:"u8), Mark) - _first;
        if (number < 0 || number >= Started || !message.StartsWith("SIP/2.0 "u8))
        {
            return;
        }

        var status = ((message[8] - '0') * 100) + ((message[9] - '0') * 10) + message[10] - '0';
        var ofInvite = SipLines.Find(message, "CSeq:"u8).EndsWith("INVITE"u8);
        ref var call = ref _calls[number];
        switch (call.Phase)
        {
            case Phase.Calling or Phase.Proceeding when ofInvite && status < 200:
                Retransmissions += status == 180 && call.Rang ? 1 : 0;
                call.Rang |= status == 180;
                call.Phase = Phase.Proceeding;
                break;
            case Phase.Calling or Phase.Proceeding when ofInvite && status < 300:
                SetUp.Add(Milliseconds(call.InvitedAt, now));
                Answered(number, message, now);
                break;
            case Phase.Ending when !ofInvite && status is >= 200 and < 300:
                call = new Call { Phase = Phase.Over };
                Completed++;
                break;
            case Phase.Talking or Phase.Ending when ofInvite && status is >= 200 and < 300:
                Retransmissions++;
                break;
            case Phase.Calling or Phase.Proceeding or Phase.Ending when status >= 300:
                call = new Call { Phase = Phase.Over };
                Failed++;
                break;
        }
    }

    private void Answered(int number, ReadOnlySpan<byte> response, long now)
    {
        ref var call = ref _calls[number];
        _socket.Send(InDialog(number, response, "ACK"u8, "1 ACK"u8, "b"u8));
        call.Request = InDialog(number, response, "BYE"u8, "2 BYE"u8, "c"u8).ToArray();
        call.Phase = Phase.Talking;
        call.SentAt = now;
        _talking.Enqueue((number, now + (long)(Talk.TotalSeconds * Stopwatch.Frequency)));
    }

    private void HangUp(int number, long now)
    {
        ref var call = ref _calls[number];
        call.Phase = Phase.Ending;
        call.SentAt = now;
        call.Repeats = 0;
        _socket.Send(call.Request);
    }

    // To the Contact of the 200, by its Record-Route (RFC 3261 section 12.1.2; the peers here add one line at most).
    private ReadOnlySpan<byte> InDialog(int number, ReadOnlySpan<byte> response, ReadOnlySpan<byte> method, ReadOnlySpan<byte> cseq, ReadOnlySpan<byte> branch)
    {
        var text = new SipText(_space);
        text.Add(method);
        text.Add(" "u8);
        text.Add(SipLines.Uri(SipLines.Find(response, "Contact:"u8)));
        Line(ref text, number, branch);
        text.Add("\r\nMax-Forwards: 70"u8);
        var route = SipLines.Find(response, "Record-Route:"u8);
        if (!route.IsEmpty)
        {
            text.Add("\r\nRoute: "u8);
            text.Add(route["Record-Route: ".Length..]);
        }

        text.Add("\r\n"u8);
        text.Add(SipLines.Find(response, "From:"u8));
        text.Add("\r\n"u8);
        text.Add(SipLines.Find(response, "To:"u8));
        Tail(ref text, number, cseq);
        text.Add("\r\nContent-Length: 0\r\n\r\n"u8);
        return text.Written;
    }

    private void Line(ref SipText text, int number, ReadOnlySpan<byte> branch)
    {
        text.Add(" SIP/2.0\r\nVia: SIP/2.0/UDP "u8);
        text.Add(_host);
        text.Add(";branch=z9hG4bK"u8);
        text.Add(branch);
        text.AddCall(_first + number);
        text.Add(";rport"u8);
    }

    private void Tail(ref SipText text, int number, ReadOnlySpan<byte> cseq)
    {
        text.Add("\r\nCall-ID: "u8);
        text.Add(Mark);
        text.AddCall(_first + number);
        text.Add("@"u8);
        text.Add(_host);
        text.Add("\r\nCSeq: "u8);
        text.Add(cseq);
    }

    private enum Phase : byte
    {
        Calling,
        Proceeding,
        Talking,
        Ending,
        Over,
    }

    private struct Call
    {
        public Phase Phase;
        public bool Rang;
        public int Repeats;
        public long InvitedAt;
        public long SentAt;
        public byte[] Request;
    }
}
