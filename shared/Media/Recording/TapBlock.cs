namespace CallCenter.Media;

/// <summary>
/// A piece of a two-channel recording. The memory is pooled and valid only until
/// <see cref="IRecordingSink.WriteAsync"/> returns.
/// </summary>
/// <param name="Sequence">Dense from 0; a lost block leaves a gap.</param>
/// <param name="Offset">Where it begins on the recording's timeline; a multiple of the block's nominal length.</param>
/// <param name="StartedAt">Wall time of its first sample: the tap's start plus the samples before.</param>
/// <param name="Caller">One byte a sample, 8,000 a second.</param>
/// <param name="Agent">As long as <paramref name="Caller"/>; silence while there is no agent.</param>
public readonly record struct TapBlock(
    long Sequence,
    TimeSpan Offset,
    DateTimeOffset StartedAt,
    AudioCodec CallerCodec,
    ReadOnlyMemory<byte> Caller,
    AudioCodec AgentCodec,
    ReadOnlyMemory<byte> Agent);

/// <summary>What became of a recording.</summary>
/// <param name="Blocks">Blocks handed to the sink.</param>
/// <param name="BlocksLost">Blocks that the sink did not take in time, or refused.</param>
/// <param name="Duration">Length of the timeline, lost blocks included.</param>
public sealed record RecordingSummary(DateTimeOffset StartedAt, TimeSpan Duration, long Blocks, long BlocksLost);

/// <summary>Takes the blocks of one tap, in order, one at a time, off the media thread.</summary>
public interface IRecordingSink
{
    /// <summary>Copy or store the block before returning. A throw counts the block as lost and is reported as a fault.</summary>
    ValueTask WriteAsync(TapBlock block);

    /// <summary>After the last block, once.</summary>
    ValueTask CompleteAsync(RecordingSummary summary);
}

/// <summary>Settings of one recording.</summary>
public sealed record RecordingOptions
{
    /// <summary>The leg whose received audio is the first channel.</summary>
    public required MediaLeg Caller { get; init; }

    /// <summary>The leg whose received audio is the second channel; null: silence until <see cref="RecordingTap.SetAgent"/>.</summary>
    public MediaLeg? Agent { get; init; }

    public required IRecordingSink Sink { get; init; }

    /// <summary>Length of a block, 20 ms to 5 s in steps of 20 ms. Default 500 ms: 4,000 bytes a channel.</summary>
    public TimeSpan BlockDuration { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Blocks waiting for the sink before new ones are lost. Default 16: 8 s.</summary>
    public int BlocksMax { get; init; } = 16;

    internal int BlockSamples
    {
        get
        {
            var milliseconds = (int)BlockDuration.TotalMilliseconds;
            return milliseconds is >= 20 and <= 5000 && milliseconds % 20 == 0
                ? milliseconds * 8
                : throw new ArgumentException($"A block of {milliseconds} ms; wanted is 20 to 5000 in steps of 20.");
        }
    }
}
