using System.Security.Cryptography;
using CallCenter.Contracts.Recording;
using CallCenter.Media;

namespace CallCenter.Recording.Tests.Play;

/// <summary>Sealed blocks as a gateway makes them: the caller sends 440 Hz in A-law, the agent 1000 Hz in u-law.</summary>
internal sealed class Blocks(Guid tenant, Guid recording, byte[]? dataKey = null)
{
    public static readonly byte[] DataKey = SHA256.HashData("a test's data key"u8);
    private const int CallerHertz = 440, AgentHertz = 1000;

    public byte[] Sealed(int number, int milliseconds = RecordingBlock.NominalMs, uint? offsetMs = null)
    {
        var offset = offsetMs ?? (uint)(number * RecordingBlock.NominalMs);
        var block = new RecordingBlock(RecordingCodec.ALaw, RecordingCodec.MuLaw, offset, milliseconds * RecordingBlock.SamplesPerMs);
        var plain = new byte[block.PlainSize];
        block.Write(Coded(AudioCodec.Pcma, CallerHertz, block), Coded(AudioCodec.Pcmu, AgentHertz, block), plain);
        return Seal(number, plain);
    }

    public byte[] Seal(long number, byte[] plain)
    {
        var body = new byte[plain.Length + RecordingCipher.Overhead];
        using var cipher = new RecordingCipher(dataKey ?? DataKey, tenant, recording);
        cipher.Seal(number, plain, body);
        return body;
    }

    private static byte[] Coded(AudioCodec codec, int hertz, RecordingBlock block)
    {
        var from = block.OffsetMs * (double)RecordingBlock.SamplesPerMs;
        var samples = Enumerable.Range(0, block.Samples).Select(n => (short)(8_000 * Math.Sin(Math.Tau * hertz * (from + n) / Clip.Rate))).ToArray();
        var codes = new byte[samples.Length];
        G711.Encode(codec, samples, codes);
        return codes;
    }
}
