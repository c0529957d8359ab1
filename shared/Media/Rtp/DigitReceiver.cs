namespace CallCenter.Media.Rtp;

/// <summary>
/// Telephone-events in, keys out: one key for each event timestamp, told when it ends (RFC 4733, section 2.5.2).
/// An event ends by its end bit, by the next event, or, where all three ends were lost, by silence.
/// Times in samples (1/8000 s).
/// </summary>
internal sealed class DigitReceiver(Action<char, int> report)
{
    /// <summary>Updates come each 20 to 50 ms; after this long without one the ends were lost.</summary>
    public const int LostEndSamples = 200 * 8;

    // How long every update of a finished event is one that came late. Afterwards the same timestamp is a new key
    // where it begins anew, as test tools replay a capture with its old numbers; where it goes on from where
    // it ended, the sender or the network stood still in the middle of the key.
    private const int MemorySamples = 1000 * 8;

    private readonly (uint Ssrc, uint Timestamp, long LastAt, ushort Duration)[] _finished = new (uint, uint, long, ushort)[4];
    private int _oldest;
    private bool _open;
    private uint _ssrc;
    private uint _timestamp;
    private TelephoneEvent _event;
    private long _lastAt;

    /// <summary>A key is being held.</summary>
    public bool IsOpen => _open;

    public void Add(uint ssrc, uint timestamp, ReadOnlySpan<byte> payload, long now)
    {
        if (!TelephoneEvent.TryParse(payload, out var update) || update.Digit is null)
        {
            return;
        }
        if (!(_open && ssrc == _ssrc && timestamp == _timestamp))
        {
            if (IsFinished(ssrc, timestamp, update, now))
            {
                return;
            }
            if (_open)
            {
                Finish();
            }
        }
        // A reordered older update must not shorten the key.
        var duration = _open ? Math.Max(_event.Duration, update.Duration) : update.Duration;
        (_open, _ssrc, _timestamp, _lastAt) = (true, ssrc, timestamp, now);
        _event = update with { Duration = duration };
        if (update.End)
        {
            Finish();
        }
    }

    /// <summary>Ends a key whose ends were lost. Call each tick.</summary>
    public void Expire(long now)
    {
        if (_open && now - _lastAt > LostEndSamples)
        {
            Finish();
        }
    }

    private bool IsFinished(uint ssrc, uint timestamp, TelephoneEvent update, long now)
    {
        foreach (ref var finished in _finished.AsSpan())
        {
            if (finished.Ssrc == ssrc && finished.Timestamp == timestamp && finished.LastAt != 0
                && (now - finished.LastAt < MemorySamples || update.End || update.Duration > finished.Duration))
            {
                (finished.LastAt, finished.Duration) = (now, Math.Max(finished.Duration, update.Duration));
                return true;
            }
        }
        return false;
    }

    private void Finish()
    {
        _open = false;
        _finished[_oldest] = (_ssrc, _timestamp, _lastAt, _event.Duration);
        _oldest = (_oldest + 1) % _finished.Length;
        report(_event.Digit!.Value, _event.Duration / 8);
    }
}
