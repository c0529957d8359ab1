namespace CallCenter.Media.Rtp;

/// <summary>Loss and interarrival jitter of what a leg receives (RFC 3550, appendices A.1, A.3, A.8), over all its SSRCs.</summary>
internal sealed class ReceiveStatistics
{
    private const int MaxDropout = 3000;
    private const int MaxMisorder = 100;

    private uint _baseSequence;
    private uint _cycles;
    private ushort _maxSequence;
    private long _received;
    private long _lostEarlier;
    private long _expectedPrior;
    private long _receivedPrior;
    private long _transit;
    private bool _hasTransit;
    private double _jitter;

    /// <summary>SSRCs seen.</summary>
    public int Streams { get; private set; }
    public uint Ssrc { get; private set; }

    /// <summary>Jitter in timestamp units (1/8000 s).</summary>
    public double Jitter => _jitter;
    public uint HighestSequence => _cycles + _maxSequence;
    private long Expected => (long)HighestSequence - _baseSequence + 1;
    private long LostNow => _received == 0 ? 0 : Math.Max(0, Expected - _received);

    /// <summary>Packets lost of all streams; duplicates do not make it negative.</summary>
    public long Lost => _lostEarlier + LostNow;

    /// <summary>Counts a packet that arrived at <paramref name="arrival"/> (1/8000 s, any origin).</summary>
    public void Add(in RtpPacket packet, long arrival)
    {
        if (Streams == 0 || packet.Ssrc != Ssrc)
        {
            Streams++;
            Restart(packet);
        }
        var step = (ushort)(packet.Sequence - _maxSequence);
        if (step < MaxDropout)
        {
            if (packet.Sequence < _maxSequence)
            {
                _cycles += 0x10000;
            }
            _maxSequence = packet.Sequence;
        }
        else if (step <= 0x10000 - MaxMisorder)
        {
            // A jump too large for loss: the sender restarted its numbers.
            Restart(packet);
        }
        _received++;
        AddJitter(packet.Timestamp, arrival);
    }

    private void Restart(in RtpPacket packet)
    {
        _lostEarlier += LostNow;
        Ssrc = packet.Ssrc;
        _baseSequence = _maxSequence = packet.Sequence;
        _cycles = 0;
        _received = _expectedPrior = _receivedPrior = 0;
        _hasTransit = false;
    }

    private void AddJitter(uint timestamp, long arrival)
    {
        var transit = (long)(int)((uint)arrival - timestamp);
        if (_hasTransit)
        {
            var difference = Math.Abs((double)(int)(transit - _transit));
            // Not jitter but a new timestamp origin: more than 5 s.
            if (difference < 40_000)
            {
                _jitter += (difference - _jitter) / 16;
            }
        }
        _transit = transit;
        _hasTransit = true;
    }

    /// <summary>The fraction lost since the last call, in 1/256 (RFC 3550, A.3); call once a report.</summary>
    public byte TakeFractionLost()
    {
        var expected = Expected - _expectedPrior;
        var lost = expected - (_received - _receivedPrior);
        _expectedPrior = Expected;
        _receivedPrior = _received;
        return expected <= 0 || lost <= 0 ? (byte)0 : (byte)Math.Min(255, lost * 256 / expected);
    }
}
