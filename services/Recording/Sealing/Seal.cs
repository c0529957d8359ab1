using CallCenter.Contracts;
using CallCenter.Contracts.Recording;
using CallCenter.Recording.Store;
using Npgsql;

namespace CallCenter.Recording.Sealing;

/// <summary>Seals a recording when all its blocks are there: the chain's head is kept and told, and nothing is taken any more.</summary>
internal sealed class Seal(TimeProvider clock)
{
    /// <summary>Seals the recording, whose row the transaction has locked, if it is complete. Returns what to tell.</summary>
    public async Task<RecordingSealed?> IfComplete(NpgsqlConnection c, NpgsqlTransaction t, Guid recording)
    {
        if (await RecordingRows.Lock(c, t, recording) is not { SealedAt: null } row || row.Blocks != row.Expected)
        {
            return null;
        }

        var chain = new HashChain(row.Id);
        foreach (var block in await RecordingRows.Blocks(c, t, row.Id))
        {
            chain.Add(block.Number, block.Hash);
        }

        await RecordingRows.Sealed(c, t, row.Id, chain.Head, clock.GetUtcNow());
        Telemetry.Sealed.Add(1);
        return new RecordingSealed(row.Id, row.Agent, row.Blocks, row.LengthMs ?? 0, Convert.ToHexStringLower(chain.Head))
        {
            Tenant = row.Tenant,
            Stream = row.Contact,
            OccurredAt = clock.Now(),
            TraceParent = row.Trace,
            Final = !await RecordingRows.OthersOpen(c, t, row),
        };
    }
}
