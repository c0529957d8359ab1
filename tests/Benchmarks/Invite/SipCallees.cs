using System.Diagnostics;
using System.Net;
using System.Text;

namespace CallCenter.Benchmarks.Invite;

/// <summary>The called side of a load: 180 at once, 200 after the ring, repeated until its ACK; 200 to BYE. Counts what comes twice.</summary>
internal sealed class SipCallees : IDisposable
{
    private const int RepeatMs = 500, RepeatsMax = 10;
    private readonly SipSocket _socket;
    private readonly Call[] _calls;
    private readonly Queue<(int Call, long At)> _ringing = new();
    private readonly byte[] _space = new byte[SipSocket.MessageMax];
    private readonly byte[] _host;
    private readonly byte[] _sdp;
    private readonly int _first;
    private int _oldest, _newest = -1;

    /// <param name="first">Number of the first call.</param>
    public SipCallees(IPEndPoint local, int first, int callsMax)
    {
        _first = first;
        _socket = new SipSocket(local);
        _calls = new Call[callsMax];
        _host = Encoding.ASCII.GetBytes(local.ToString());
        _sdp = SipCallers.Sdp(local.Address, 32_000);
    }

    public TimeSpan Ring { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Requests that came twice, and 200s that had to be repeated.</summary>
    public int Retransmissions { get; private set; }

    public void Connect(IPEndPoint peer) => _socket.Connect(peer);

    public void Turn(long now)
    {
        _socket.Receive(message => Take(message, now));
        while (_ringing.TryPeek(out var next) && next.At <= now)
        {
            _ringing.Dequeue();
            ref var call = ref _calls[next.Call];
            call.SentAt = now;
            _socket.Send(call.Answer);
        }

        _socket.Flush();
    }

    /// <summary>Repeats the 200 whose ACK has not come (RFC 3261 section 13.3.1.4).</summary>
    public void Watch(long now)
    {
        while (_oldest < _newest && _calls[_oldest].Acknowledged)
        {
            _oldest++;
        }

        for (var number = _oldest; number <= _newest; number++)
        {
            ref var call = ref _calls[number];
            if (call.SentAt != 0 && !call.Acknowledged && call.Repeats < RepeatsMax && Stopwatch.GetElapsedTime(call.SentAt, now).TotalMilliseconds >= RepeatMs * (call.Repeats + 1))
            {
                call.Repeats++;
                Retransmissions++;
                _socket.Send(call.Answer);
            }
        }

        _socket.Flush();
    }

    public void Dispose() => _socket.Dispose();

    private void Take(ReadOnlySpan<byte> message, long now)
    {
        var number = SipLines.Call(message[..Math.Min(message.Length, 64)], "sip:c"u8) - _first;
        if (number < 0 || number >= _calls.Length)
        {
            return;
        }

        ref var call = ref _calls[number];
        if (message.StartsWith("INVITE "u8))
        {
            Invited(ref call, number, message, now);
        }
        else if (message.StartsWith("ACK "u8))
        {
            Retransmissions += call.Acknowledged ? 1 : 0;
            call.Acknowledged = true;
        }
        else if (message.StartsWith("BYE "u8))
        {
            Retransmissions += call.Ended ? 1 : 0;
            call.Ended = true;
            call.Answer = [];
            _socket.Send(Response(message, number, "200 OK"u8, withSdp: false, withContact: false));
        }
    }

    private void Invited(ref Call call, int number, ReadOnlySpan<byte> invite, long now)
    {
        if (call.Answer is not null)
        {
            Retransmissions++;
            return;
        }

        _newest = Math.Max(_newest, number);
        _socket.Send(Response(invite, number, "180 Ringing"u8, withSdp: false, withContact: true));
        call.Answer = Response(invite, number, "200 OK"u8, withSdp: true, withContact: true).ToArray();
        _ringing.Enqueue((number, now + (long)(Ring.TotalSeconds * Stopwatch.Frequency)));
    }

    // RFC 3261 section 8.2.6.2: what a response repeats of its request.
    private ReadOnlySpan<byte> Response(ReadOnlySpan<byte> request, int number, ReadOnlySpan<byte> status, bool withSdp, bool withContact)
    {
        var text = new SipText(_space);
        text.Add("SIP/2.0 "u8);
        text.Add(status);
        text.Add("\r\n"u8);
        var rest = request;
        _ = SipLines.Next(ref rest, out _);
        while (SipLines.Next(ref rest, out var line))
        {
            var isTo = line.StartsWith("To:"u8);
            if (isTo || line.StartsWith("Via:"u8) || line.StartsWith("From:"u8) || line.StartsWith("Call-ID:"u8) || line.StartsWith("CSeq:"u8) || line.StartsWith("Record-Route:"u8))
            {
                text.Add(line);
                if (isTo && line.IndexOf(";tag="u8) < 0)
                {
                    text.Add(";tag=t"u8);
                    text.AddCall(_first + number);
                }

                text.Add("\r\n"u8);
            }
        }

        if (withContact)
        {
            text.Add("Contact: <sip:c"u8);
            text.AddCall(_first + number);
            text.Add("@"u8);
            text.Add(_host);
            text.Add(">\r\n"u8);
        }

        text.Add(withSdp ? "Content-Type: application/sdp\r\nContent-Length: "u8 : "Content-Length: "u8);
        text.Add(withSdp ? _sdp.Length : 0);
        text.Add("\r\n\r\n"u8);
        text.Add(withSdp ? _sdp : []);
        return text.Written;
    }

    private struct Call
    {
        public byte[]? Answer;
        public bool Acknowledged;
        public bool Ended;
        public int Repeats;
        public long SentAt;
    }
}
