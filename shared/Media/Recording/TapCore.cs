using System.Threading.Channels;
using CallCenter.Media.Engine;
using CallCenter.Media.Rtp;

namespace CallCenter.Media.Recording;

/// <summary>A filled block on its way from the media thread to the sink; the caller's channel first.</summary>
internal readonly record struct FilledBlock(long Sequence, long FirstSample, byte[] Data, int Samples);

/// <summary>One channel of a tap, bound to a leg's receive stages.</summary>
internal sealed class TapChannel(TapCore tap, AudioCodec codec)
{
    public AlignmentBuffer Buffer { get; } = new(codec);
    public LegCore? Leg { get; private set; }

    public void Insert(uint ssrc, uint timestamp, ReadOnlySpan<byte> payload, AudioCodec codec, long now) =>
        Buffer.Insert(ssrc, timestamp, payload, codec, tap.PositionAt(now));

    /// <summary>Takes what the leg says from now on.</summary>
    public void Bind(LegCore? leg)
    {
        Release();
        Leg = leg is { IsClosed: false } ? leg : null;
        Leg?.AddTap(this);
    }

    /// <summary>Takes what the leg hears in its conference from now on.</summary>
    public void BindHeard(LegCore leg)
    {
        Release();
        Leg = leg.IsClosed ? null : leg;
        Leg?.AddMixTap(this);
    }

    private void Release()
    {
        Leg?.RemoveTap(this);
        Leg?.RemoveMixTap(this);
    }
}

/// <summary>
/// The media thread's half of a <see cref="RecordingTap"/>: two channels read in step into blocks.
/// Never waits: a block that finds the queue full is lost and counted.
/// </summary>
internal sealed class TapCore
{
    // Samples at a time: what lies together is read faster.
    private const int ReadMax = 5 * SendStream.FrameSamples;

    // Kept for the next ones: a sink that is late has some, after that no more are needed.
    private const int WrittenMax = 4;

    private readonly ChannelWriter<FilledBlock> _filled;
    // Blocks that the sink has done with: the media thread must not allocate each time one is full, nor wait for who gives one back.
    private readonly byte[]?[] _written = new byte[]?[WrittenMax];
    private readonly int _blockSamples;
    private readonly Action<long> _lost;
    private long _start;
    private byte[]? _block;
    private int _samples;
    private long _sequence;

    public TapCore(ChannelWriter<FilledBlock> filled, int blockSamples, AudioCodec caller, AudioCodec agent, Action<long> lost)
    {
        _filled = filled;
        _blockSamples = blockSamples;
        _lost = lost;
        // One is filled while the sink writes the other; a third is made where it is late.
        Reuse(new byte[2 * blockSamples]);
        Reuse(new byte[2 * blockSamples]);
        Caller = new TapChannel(this, caller);
        Agent = new TapChannel(this, agent);
    }

    public TapChannel Caller { get; }
    public TapChannel Agent { get; }
    public long BlocksLost { get; private set; }

    /// <summary>Samples on the timeline so far.</summary>
    public long Samples => Caller.Buffer.ReadPosition;

    public void Start(long now) => _start = now;

    /// <summary>The timeline's position of a moment of the media clock, which counts samples too.</summary>
    public long PositionAt(long now) => now - _start;

    /// <summary>The sink has done with this block. From any thread.</summary>
    public void Reuse(byte[] block)
    {
        foreach (ref var place in _written.AsSpan())
        {
            if (Interlocked.CompareExchange(ref place, block, null) is null)
            {
                return;
            }
        }
    }

    private byte[] NextBlock()
    {
        foreach (ref var place in _written.AsSpan())
        {
            if (Interlocked.Exchange(ref place, null) is { } free)
            {
                return free;
            }
        }
        return new byte[2 * _blockSamples];
    }

    /// <summary>Reads every frame whose delay has passed.</summary>
    public void Tick(long now)
    {
        for (var due = PositionAt(now) - AlignmentBuffer.DelaySamples - Samples; due >= SendStream.FrameSamples;)
        {
            var samples = (int)Math.Min(due - (due % SendStream.FrameSamples), ReadMax);
            Read(samples);
            due -= samples;
        }
    }

    public void Pause(long now)
    {
        Caller.Buffer.Mute(PositionAt(now));
        Agent.Buffer.Mute(PositionAt(now));
    }

    public void Resume(long now)
    {
        Caller.Buffer.Unmute(PositionAt(now));
        Agent.Buffer.Unmute(PositionAt(now));
    }

    /// <summary>Reads up to now without the delay, hands over the last partial block and ends the queue.</summary>
    public void Stop(long now)
    {
        while (PositionAt(now) - Samples is > 0 and var left)
        {
            Read((int)Math.Min(left, SendStream.FrameSamples));
        }
        if (_samples > 0)
        {
            HandOver();
        }
        Caller.Bind(null);
        Agent.Bind(null);
        _filled.TryComplete();
    }

    private void Read(int samples)
    {
        while (samples > 0)
        {
            _block ??= NextBlock();
            var count = Math.Min(samples, _blockSamples - _samples);
            Caller.Buffer.Read(_block.AsSpan(_samples, count));
            Agent.Buffer.Read(_block.AsSpan(_blockSamples + _samples, count));
            _samples += count;
            samples -= count;
            if (_samples == _blockSamples)
            {
                HandOver();
            }
        }
    }

    private void HandOver()
    {
        if (_filled.TryWrite(new FilledBlock(_sequence, Samples - _samples, _block!, _samples)))
        {
            _block = null;
        }
        else
        {
            BlocksLost++;
            _lost(BlocksLost);
        }
        _sequence++;
        _samples = 0;
    }
}
