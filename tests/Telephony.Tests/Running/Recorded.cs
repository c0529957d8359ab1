using CallCenter.Contracts.Recording;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Media;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Running;

/// <summary>A recording as Recording could open it: the blocks that were shipped, decrypted and decoded.</summary>
internal sealed record Recorded(short[] Caller, short[] Agent)
{
    /// <summary>Waits until all blocks of an ended recording are shipped, and opens them.</summary>
    public static async Task<Recorded> Whole(RunningGateway gateway, CallArrived call, Guid recording, Guid? agent)
    {
        var ended = await gateway.Events.Next<RecordingEnded>(call.Contact, e => e.Recording == recording, RunningGateway.Soon);
        await TestKit.Eventually.Be(() => gateway.Blocks.Count(b => b.Recording == recording) == ended.Blocks, RunningGateway.Soon);
        return Open(gateway, call, recording, agent);
    }

    /// <summary>What the blocks that were shipped so far hold.</summary>
    public static Recorded Open(RunningGateway gateway, CallArrived call, Guid recording, Guid? agent)
    {
        var key = gateway.Services.GetRequiredService<TenantKeys>().Unwrap(gateway.Setup.KeyOf(call.Tenant));
        using var cipher = new RecordingCipher(key, call.Tenant, recording);
        var channels = (Caller: new List<short>(), Agent: new List<short>());
        foreach (var block in gateway.Blocks.Where(b => b.Recording == recording).OrderBy(b => b.Number))
        {
            block.Tenant.ShouldBe(call.Tenant);
            block.Contact.ShouldBe(call.Contact);
            block.Agent.ShouldBe(agent);
            var plain = new byte[block.Body.Length - RecordingCipher.Overhead];
            cipher.Open(block.Number, block.Body, plain).ShouldBe(plain.Length);
            RecordingBlock.TryRead(plain, out var piece, out var callerBytes, out var agentBytes).ShouldBeTrue();
            channels.Caller.AddRange(Decode(piece.Caller, callerBytes));
            channels.Agent.AddRange(Decode(piece.Agent, agentBytes));
        }
        return new([.. channels.Caller], [.. channels.Agent]);
    }

    /// <summary>The share of a tone where it is purest, over a tenth of a second: a stretch that no busy machine broke.</summary>
    public static double Best(short[] samples, double hertz)
    {
        var best = 0.0;
        for (var from = 0; from + 800 <= samples.Length; from += 200)
        {
            best = Math.Max(best, ToneProbe.Share(samples.AsSpan(from, 800), 8000, hertz));
        }
        return best;
    }

    private static short[] Decode(RecordingCodec codec, ReadOnlySpan<byte> bytes)
    {
        var samples = new short[bytes.Length];
        G711.Decode(codec == RecordingCodec.ALaw ? AudioCodec.Pcma : AudioCodec.Pcmu, bytes, samples);
        return samples;
    }
}
