using System.Security.Cryptography;
using CallCenter.Contracts.Recording;
using CallCenter.Recording.Store;
using Microsoft.Win32.SafeHandles;

namespace CallCenter.Recording.Play;

/// <summary>A recording is not what was stored; the message says which block and what to do.</summary>
internal sealed class RecordingDamagedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A block's place in the audio: samples from the recording's start.</summary>
internal readonly record struct PlacedBlock(StoredBlock Stored, long From, int Samples);

/// <summary>The recording's blocks in their order, each read, checked and placed before anything of it is played.</summary>
/// <param name="Blocks">In order of time, without overlap.</param>
/// <param name="Samples">Length of the audio in samples a channel.</param>
internal sealed record RecordingIndex(IReadOnlyList<PlacedBlock> Blocks, long Samples)
{
    private const string Advice = "restore the recording's file from a backup";

    /// <summary>Reads all blocks once. <paramref name="sealedHash"/>: the chain's head when the recording is sealed. Throws <see cref="RecordingDamagedException"/>.</summary>
    public static RecordingIndex Build(
        Guid recording, IReadOnlyList<StoredBlock> stored, byte[]? sealedHash, long? lengthMs, SafeFileHandle? file, RecordingCipher cipher)
    {
        CheckChain(recording, stored, sealedHash);
        var placed = new List<PlacedBlock>(stored.Count);
        var (body, plain) = (new byte[RecordingCipher.MaxSealedSize], new byte[RecordingCipher.MaxSealedSize]);
        long end = 0;
        foreach (var block in stored)
        {
            var header = ReadBlock(block, file!, cipher, body, plain, check: true, out _, out _);
            var from = (long)header.OffsetMs * RecordingBlock.SamplesPerMs;
            if (from < end)
            {
                throw new RecordingDamagedException($"Block {block.Number} begins before the one before it ends: the gateway wrote it wrong.");
            }

            placed.Add(new(block, from, header.Samples));
            end = from + header.Samples;
        }

        return new(placed, Math.Max(end, (lengthMs ?? 0) * RecordingBlock.SamplesPerMs));
    }

    /// <summary>Reads and opens one block; the spans are into <paramref name="plain"/>. Throws <see cref="RecordingDamagedException"/>.</summary>
    public static RecordingBlock ReadBlock(
        StoredBlock block, SafeFileHandle file, RecordingCipher cipher, byte[] body, byte[] plain, bool check,
        out ReadOnlySpan<byte> caller, out ReadOnlySpan<byte> agent)
    {
        var bytes = body.AsSpan(0, block.Length);
        if (RandomAccess.Read(file, bytes, block.Position) != block.Length)
        {
            throw new RecordingDamagedException($"Block {block.Number} is missing in the recording's file: {Advice}.");
        }

        if (check && !SHA256.HashData(bytes).AsSpan().SequenceEqual(block.Hash))
        {
            throw new RecordingDamagedException($"Block {block.Number} was changed after it was stored: {Advice}.");
        }

        var length = cipher.Open(block.Number, bytes, plain);
        if (length < 0)
        {
            throw new RecordingDamagedException($"Block {block.Number} does not open with the tenant's key: it was changed, or the key in keys/master.key is not the one it was sealed with.");
        }

        return RecordingBlock.TryRead(plain.AsSpan(0, length), out var header, out caller, out agent)
            ? header
            : throw new RecordingDamagedException($"Block {block.Number} has an unknown layout: the gateway that wrote it is newer than this service.");
    }

    private static void CheckChain(Guid recording, IReadOnlyList<StoredBlock> stored, byte[]? sealedHash)
    {
        var chain = new HashChain(recording);
        foreach (var block in stored)
        {
            chain.Add(block.Number, block.Hash);
        }

        if (sealedHash is not null && !chain.Head.AsSpan().SequenceEqual(sealedHash))
        {
            throw new RecordingDamagedException("The recording's chain of blocks is not the one that was sealed: restore Recording's database from a backup.");
        }
    }
}
