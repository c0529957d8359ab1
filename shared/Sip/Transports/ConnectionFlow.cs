using System.Net;
using System.Threading.Channels;

namespace CallCenter.Sip.Transports;

/// <summary>
/// One connection: what is sent waits in a bounded queue for its writer, and a peer that does not read is cut off. Knows when something last
/// passed, and how long the peer may be silent (RFC 5626 section 4.4.1).
/// </summary>
public abstract class ConnectionFlow : SipFlow
{
    private readonly Channel<ReadOnlyMemory<byte>> outgoing;
    private long lastTraffic, lastHeard;
    private long silenceMax = long.MaxValue;
    private volatile bool open = true;

    private protected ConnectionFlow(SipTransport transport, IPEndPoint local, IPEndPoint remote, SipTransportSink sink, SipLimits limits, TimeProvider time)
        : base(transport, local, remote)
    {
        Sink = sink;
        Limits = limits;
        Time = time;
        lastTraffic = lastHeard = time.GetTimestamp();
        outgoing = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(limits.ConnectionQueueMax) { SingleReader = true });
    }

    public override bool IsOpen => open;

    private protected SipTransportSink Sink { get; }

    private protected SipLimits Limits { get; }

    private protected TimeProvider Time { get; }

    /// <summary>True when nothing passed for so long that nobody needs it, or the peer promised keep-alives and sent none.</summary>
    internal bool IsIdle => Time.GetElapsedTime(Volatile.Read(ref lastTraffic)) > Limits.ConnectionIdle
        || Time.GetElapsedTime(Volatile.Read(ref lastHeard)).Ticks > Volatile.Read(ref silenceMax);

    internal override bool Send(ReadOnlyMemory<byte> message)
    {
        if (!open)
        {
            return false;
        }

        Sink.Trace(message, this, true);
        if (outgoing.Writer.TryWrite(message.ToArray()))
        {
            return true;
        }

        CutOff(); // a peer that does not read is as good as gone
        return false;
    }

    internal override SipFlow Toward(IPEndPoint remote) => this;

    internal override void ExpectKeepAlives(TimeSpan silenceMax) => Volatile.Write(ref this.silenceMax, silenceMax.Ticks);

    /// <summary>Ends it at once.</summary>
    private protected abstract void CutOff();

    /// <summary>Writes one message to the socket.</summary>
    private protected abstract ValueTask WriteAsync(ReadOnlyMemory<byte> message);

    /// <summary>Nothing more is taken to be sent; what waits is written yet, if the socket still takes it.</summary>
    private protected void Shut()
    {
        open = false;
        outgoing.Writer.TryComplete();
    }

    /// <summary>Answers a double CRLF with one (RFC 5626 section 3.5.1).</summary>
    private protected void Pong() => outgoing.Writer.TryWrite("\r\n"u8.ToArray());

    /// <summary>Something came.</summary>
    private protected void Heard()
    {
        var now = Time.GetTimestamp();
        Volatile.Write(ref lastTraffic, now);
        Volatile.Write(ref lastHeard, now);
    }

    /// <summary>Writes what is sent until <see cref="Shut"/>.</summary>
    private protected async Task WriteQueuedAsync()
    {
        await foreach (var message in outgoing.Reader.ReadAllAsync())
        {
            await WriteAsync(message);
            Volatile.Write(ref lastTraffic, Time.GetTimestamp());
        }
    }

    /// <summary>A full loop holds the connection back: TCP does the rest.</summary>
    private protected async ValueTask HandOverAsync(byte[] message)
    {
        while (open && !Sink.Loop.TryReceive(message, this))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), Time);
        }
    }
}
