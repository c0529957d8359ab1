using System.Security.Cryptography;

namespace CallCenter.Media.Net;

/// <summary>
/// Even RTP ports of a range, each standing for a pair with the odd RTCP port after it (RFC 3550, section 11).
/// Rent and Return are O(1). First in, first out over a shuffled range: ports are spread, hard to guess
/// and rest as long as the load allows; never less than the cool-down.
/// </summary>
internal sealed class PortAllocator
{
    private readonly Lock _lock = new();
    private readonly Queue<int> _free = new();
    private readonly Queue<(int Port, long ReadyAt)> _cooling = new();
    private readonly TimeProvider _clock;
    private readonly long _coolDown;

    public PortAllocator(int from, int to, TimeSpan coolDown, TimeProvider clock)
    {
        _clock = clock;
        _coolDown = (long)(coolDown.TotalSeconds * clock.TimestampFrequency);
        var ports = new List<int>();
        for (var port = from + (from & 1); port + 1 <= to; port += 2)
        {
            ports.Add(port);
        }
        var shuffled = ports.ToArray();
        RandomNumberGenerator.Shuffle<int>(shuffled);
        foreach (var port in shuffled)
        {
            _free.Enqueue(port);
        }
        Pairs = shuffled.Length;
    }

    /// <summary>Pairs in the range.</summary>
    public int Pairs { get; }

    /// <summary>False when every pair is in use or cooling down.</summary>
    public bool TryRent(out int port)
    {
        lock (_lock)
        {
            // The cool-down is the same for all, so the queue is ordered by time.
            while (_cooling.TryPeek(out var rested) && rested.ReadyAt <= _clock.GetTimestamp())
            {
                _free.Enqueue(_cooling.Dequeue().Port);
            }
            return _free.TryDequeue(out port);
        }
    }

    public void Return(int port)
    {
        lock (_lock)
        {
            _cooling.Enqueue((port, _clock.GetTimestamp() + _coolDown));
        }
    }
}
