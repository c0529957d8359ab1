using System.Buffers;
using CallCenter.Contracts.Recording;
using CallCenter.Media;

namespace CallCenter.Telephony.Recorder;

/// <summary>Whose recording it is; without an agent it is a message of the caller alone.</summary>
internal sealed record RecordingIdentity(Guid Tenant, Guid Contact, Guid Recording, Guid? Agent);

/// <summary>
/// Takes the blocks of one tap: packs, seals with the tenant's key, spools. Blocks are numbered densely here; where the tap
/// lost one, the offset of the next tells so.
/// </summary>
internal sealed class CallRecording : IRecordingSink, IDisposable
{
    private readonly RecordingIdentity identity;
    private readonly BlockSpool spool;
    private readonly RecordingCipher cipher;
    private long number;

    /// <param name="identity">Whose.</param>
    /// <param name="dataKey">The tenant's unwrapped data key.</param>
    /// <param name="spool">Where the sealed blocks go.</param>
    public CallRecording(RecordingIdentity identity, ReadOnlySpan<byte> dataKey, BlockSpool spool)
    {
        this.identity = identity;
        this.spool = spool;
        cipher = new RecordingCipher(dataKey, identity.Tenant, identity.Recording);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(TapBlock block)
    {
        var offset = (uint)block.Offset.TotalMilliseconds;
        var piece = new RecordingBlock(CodecOf(block.CallerCodec), CodecOf(block.AgentCodec), offset, block.Caller.Length);
        var plain = ArrayPool<byte>.Shared.Rent(piece.PlainSize);
        var body = ArrayPool<byte>.Shared.Rent(piece.PlainSize + RecordingCipher.Overhead);
        try
        {
            var length = piece.Write(block.Caller.Span, block.Agent.Span, plain);
            var size = cipher.Seal(number, plain.AsSpan(0, length), body);
            var end = offset + block.Caller.Length / RecordingBlock.SamplesPerMs;
            spool.Append(new(identity.Tenant, identity.Contact, identity.Recording, identity.Agent, number, end), body.AsSpan(0, size));
            number++;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain, clearArray: true);
            ArrayPool<byte>.Shared.Return(body);
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(RecordingSummary summary) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => cipher.Dispose();

    private static RecordingCodec CodecOf(AudioCodec codec) => codec == AudioCodec.Pcma ? RecordingCodec.ALaw : RecordingCodec.MuLaw;
}
