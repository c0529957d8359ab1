using System.Security.Cryptography;

namespace CallCenter.Media.Rtp;

/// <summary>
/// What a leg sends: one SSRC whose sequence numbers have no gap of our making and whose timestamps follow the wall
/// clock, whatever the source is (RFC 3550, section 5.1): a relayed stream, a player, digits, and again.
/// Times are in samples (1/8000 s) of the media thread's clock.
/// </summary>
internal sealed class SendStream
{
    /// <summary>Samples of a 20 ms frame.</summary>
    public const int FrameSamples = 160;

    // Beyond these steps the relayed sender has restarted its numbers; the stream is joined anew.
    private const int SequenceStepMax = 1000;
    private const int TimestampForwardMax = 10 * 8000;
    private const int TimestampBackMax = 8000;

    // In the lower half: an SRTP receiver that missed the first packets must not guess a roll-over (RFC 3711, 3.3.1).
    private ushort _sequence = (ushort)RandomNumberGenerator.GetInt32(0x8000);
    private uint _timestamp = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
    private long _stampedAt;
    private bool _started;

    private bool _relaying;
    private uint _sourceSsrc;
    private ushort _sourceSequence;
    private uint _sourceTimestamp;
    private int _relayed;
    private ushort _sequenceOffset;
    private uint _timestampOffset;

    public uint Ssrc { get; } = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
    public long Packets { get; private set; }
    public long Octets { get; private set; }

    /// <summary>Counts a packet that the kernel took.</summary>
    public void Count(int payload)
    {
        Packets++;
        Octets += payload;
    }

    /// <summary>The timestamp of this moment, as a sender report wants it.</summary>
    public uint TimestampAt(long now) => _timestamp + (uint)(now - _stampedAt);

    /// <summary>Numbers a packet of our own source; <paramref name="fresh"/> is its first after another source spoke.</summary>
    public (ushort Sequence, uint Timestamp) Next(bool fresh, long now)
    {
        _relaying = false;
        _sequence++;
        Stamp(fresh ? JoinTimestamp(now) : _timestamp + FrameSamples, now);
        return (_sequence, _timestamp);
    }

    /// <summary>Numbers a further packet of one event: RFC 4733 keeps the event's first timestamp.</summary>
    public (ushort Sequence, uint Timestamp) Same()
    {
        _sequence++;
        return (_sequence, _timestamp);
    }

    /// <summary>The next relayed packet starts a new source.</summary>
    public void LeaveRelay() => _relaying = false;

    /// <summary>
    /// Maps a relayed packet's numbers to ours. Gaps and reordering of the sender are kept, so that the receiver sees
    /// the real loss. False: the packet is older than the point where this source was joined.
    /// </summary>
    public bool TryRelay(in RtpPacket packet, long now, out ushort sequence, out uint timestamp, out bool joined)
    {
        joined = !_relaying || packet.Ssrc != _sourceSsrc || IsRestart(packet);
        if (joined)
        {
            Join(packet, now);
        }
        sequence = (ushort)(packet.Sequence + _sequenceOffset);
        timestamp = packet.Timestamp + _timestampOffset;
        var step = (short)(packet.Sequence - _sourceSequence);
        if (step < 0)
        {
            return -step < _relayed;
        }
        _relayed = Math.Min(_relayed + step, SequenceStepMax);
        _sourceSequence = packet.Sequence;
        _sourceTimestamp = packet.Timestamp;
        _sequence = sequence;
        Stamp(timestamp, now);
        return true;
    }

    private bool IsRestart(in RtpPacket packet)
    {
        var sequenceStep = (short)(packet.Sequence - _sourceSequence);
        var timestampStep = (int)(packet.Timestamp - _sourceTimestamp);
        return Math.Abs((int)sequenceStep) > SequenceStepMax
            || timestampStep > TimestampForwardMax
            || timestampStep < -TimestampBackMax;
    }

    private void Join(in RtpPacket packet, long now)
    {
        _relaying = true;
        _relayed = 1;
        _sourceSsrc = packet.Ssrc;
        _sourceSequence = packet.Sequence;
        _sourceTimestamp = packet.Timestamp;
        _sequenceOffset = (ushort)(_sequence + 1 - packet.Sequence);
        _timestampOffset = JoinTimestamp(now) - packet.Timestamp;
    }

    /// <summary>The last timestamp moved on by the time that has passed, at least one frame.</summary>
    private uint JoinTimestamp(long now) =>
        _started ? _timestamp + (uint)Math.Max(FrameSamples, now - _stampedAt) : _timestamp;

    private void Stamp(uint timestamp, long now)
    {
        if (!_started || timestamp != _timestamp)
        {
            _timestamp = timestamp;
            _stampedAt = now;
        }
        _started = true;
    }
}
