namespace CallCenter.Media.Recording;

/// <summary>
/// One channel of a recording: places RTP audio on a timeline that runs with the wall clock, and gives it out
/// <see cref="DelaySamples"/> later, silence where nothing came. Sans I/O; positions and times are samples (1/8000 s)
/// since the start of the tap.
///
/// A packet that met no delay lies at its arrival time. The offset from timestamp to position is kept so that the
/// smallest lateness seen stays within <see cref="SlackSamples"/> of zero: an earlier packet pulls the timeline back at
/// once, a window of only late ones (a slow sender clock, a longer path) pushes it forward. So drift of either clock
/// costs a dropped or repeated 10 ms now and then and never adds up.
/// </summary>
internal sealed class AlignmentBuffer
{
    /// <summary>
    /// How late a packet may come and surely be in a recording: 400 ms. The reader is this and up to 120 ms behind; nobody waits for a
    /// recording, and who speaks by a bad network is not to be missing in it where the other side heard him late.
    /// </summary>
    public const int DelaySamples = 400 * 8;

    /// <summary>How far the alignment may be off before it is mended: 10 ms.</summary>
    public const int SlackSamples = 10 * 8;

    // A power of two, for the ring: the delay, the earliest packet and the largest payload together, and a second more, so that
    // there is room for what waited in the sockets while the reader's thread stood still.
    private const int Size = 16384;
    private const int EarlyMax = 100 * 8;
    private const int WindowSamples = 2 * 8000;
    private const int PayloadMax = 2000;
    private const int HoleMax = 160;

    // A timestamp outside the window is a new origin only when a stream keeps to it: this many packets, not one burst,
    // with nearly the same offset.
    private const int ProbationPackets = 3;
    private const int ProbationSpan = 30 * 8;
    private const int ProbationSpread = 50 * 8;

    private readonly byte[] _ring = new byte[Size];
    private readonly byte _silence;
    private long _read;
    private long _muteBefore;
    private bool _muted;

    private bool _synchronised;
    private uint _ssrc;
    private long _extended;
    private long _shift;
    private long _writtenTo;
    private long _windowEnds;
    private long _windowMin;

    private int _candidates;
    private long _candidateOffset;
    private long _candidateSince;

    public AlignmentBuffer(AudioCodec codec, long start = 0)
    {
        Codec = codec;
        _silence = G711.Silence(codec);
        _ring.AsSpan().Fill(_silence);
        _read = start;
    }

    public AudioCodec Codec { get; }

    /// <summary>Position of the next sample that is read.</summary>
    public long ReadPosition => _read;

    /// <summary>Packets that came too late to be heard or did not fit the stream.</summary>
    public long Late { get; private set; }

    /// <summary>Times the timeline was moved: drift, a new path, a new stream.</summary>
    public long Adjustments { get; private set; }

    /// <summary>Takes a packet's audio; <paramref name="arrival"/> is the position of now.</summary>
    public void Insert(uint ssrc, uint timestamp, ReadOnlySpan<byte> payload, AudioCodec codec, long arrival)
    {
        if (payload.Length > PayloadMax)
        {
            Late++;
            return;
        }
        if (!_synchronised || ssrc != _ssrc)
        {
            (_synchronised, _ssrc, _extended) = (true, ssrc, timestamp);
            Synchronise(arrival);
        }
        var extended = _extended + (int)(timestamp - (uint)_extended);
        if (!Fits(extended, arrival))
        {
            Late++;
            return;
        }
        _extended = Math.Max(_extended, extended);
        Write(extended + _shift, payload, codec);
        FollowPath(arrival);
    }

    /// <summary>Is the packet near where the stream should be? Pulls the timeline back for an earlier one.</summary>
    private bool Fits(long extended, long arrival)
    {
        var lateness = arrival - (extended + _shift);
        if (extended + _shift < _read || lateness < -EarlyMax)
        {
            if (!EndsProbation(arrival - extended, arrival))
            {
                return false;
            }
            _extended = extended;
            Synchronise(arrival);
            return true;
        }
        _candidates = 0;
        if (lateness < -SlackSamples)
        {
            _shift += lateness;
            Adjustments++;
            lateness = 0;
        }
        _windowMin = Math.Min(_windowMin, lateness);
        return true;
    }

    private bool EndsProbation(long offset, long arrival)
    {
        if (_candidates == 0 || Math.Abs(offset - _candidateOffset) > ProbationSpread)
        {
            (_candidates, _candidateOffset, _candidateSince) = (1, offset, arrival);
            return false;
        }
        return ++_candidates >= ProbationPackets && arrival - _candidateSince >= ProbationSpan;
    }

    private void Synchronise(long arrival)
    {
        _shift = arrival - _extended;
        _candidates = 0;
        _writtenTo = arrival;
        Adjustments++;
        OpenWindow(arrival);
    }

    /// <summary>At the end of a window in which every packet was late, moves the timeline forward by the least of it.</summary>
    private void FollowPath(long arrival)
    {
        if (arrival < _windowEnds)
        {
            return;
        }
        if (_windowMin > SlackSamples)
        {
            _shift += _windowMin;
            Adjustments++;
            RepeatLast((int)_windowMin);
        }
        OpenWindow(arrival);
    }

    private void OpenWindow(long arrival) => (_windowEnds, _windowMin) = (arrival + WindowSamples, long.MaxValue);

    /// <summary>Fills the hole that moving forward leaves with the sound before it, where it is short.</summary>
    private void RepeatLast(int hole)
    {
        if (hole > HoleMax || _writtenTo - hole < _read)
        {
            return;
        }
        Span<byte> sound = stackalloc byte[HoleMax];
        Locate(_writtenTo - hole, hole, out var first, out var second);
        first.CopyTo(sound);
        second.CopyTo(sound[first.Length..]);
        Write(_writtenTo, sound[..hole], Codec);
    }

    private void Write(long position, ReadOnlySpan<byte> payload, AudioCodec codec)
    {
        if (position + payload.Length > _read + Size)
        {
            // The reader stands still (a stalled thread): there is no room.
            Late++;
            return;
        }
        _writtenTo = Math.Max(_writtenTo, position + payload.Length);
        var skip = Math.Max(0, Math.Max(_read, _muteBefore) - position);
        if (_muted || skip >= payload.Length)
        {
            return;
        }
        payload = payload[(int)skip..];
        Locate(position + skip, payload.Length, out var first, out var second);
        payload[..first.Length].CopyTo(first);
        payload[first.Length..].CopyTo(second);
        G711.Convert(codec, Codec, first);
        G711.Convert(codec, Codec, second);
    }

    /// <summary>The place of some samples in the ring: one piece, or two where it wraps.</summary>
    private void Locate(long position, int length, out Span<byte> first, out Span<byte> second)
    {
        var start = (int)(position & (Size - 1));
        first = _ring.AsSpan(start, Math.Min(length, Size - start));
        second = _ring.AsSpan(0, length - first.Length);
    }

    /// <summary>From this position on silence is written, whatever comes.</summary>
    public void Mute(long position)
    {
        _muted = true;
        var from = Math.Max(position, _read);
        Locate(from, (int)Math.Max(0, _read + Size - from), out var first, out var second);
        first.Fill(_silence);
        second.Fill(_silence);
    }

    /// <summary>Sound counts again, but none that belongs before this position.</summary>
    public void Unmute(long position) => (_muted, _muteBefore) = (false, position);

    /// <summary>Takes the next samples off the timeline.</summary>
    public void Read(Span<byte> frame)
    {
        Locate(_read, frame.Length, out var first, out var second);
        first.CopyTo(frame);
        second.CopyTo(frame[first.Length..]);
        first.Fill(_silence);
        second.Fill(_silence);
        _read += frame.Length;
    }
}
