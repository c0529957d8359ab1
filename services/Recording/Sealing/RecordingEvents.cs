using CallCenter.Contracts;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Recording.Store;
using Microsoft.Extensions.Logging;

namespace CallCenter.Recording.Sealing;

/// <summary>The gateway tells when a recording begins and ends; its blocks come beside that, before or after.</summary>
internal sealed class RecordingEvents(Seal seal, TimeProvider clock, ILogger<RecordingEvents> logger) : IEventHandler
{
    public Task Apply(DomainEvent e, InboxTransaction tx, CancellationToken ct) => e switch
    {
        RecordingStarted started => Start(started, tx),
        RecordingEnded ended => End(ended, tx),
        _ => Task.CompletedTask,
    };

    private async Task Start(RecordingStarted e, InboxTransaction tx)
    {
        if (await RecordingRows.Ensure(tx.Connection, tx.Transaction, e.Tenant, e.Recording, e.Contact, e.Agent, clock.GetUtcNow()) is null)
        {
            Log.ForeignRecording(logger, e.Recording, e.Tenant);
            return;
        }

        await RecordingRows.Started(tx.Connection, tx.Transaction, e.Recording, e.OccurredAt);
    }

    private async Task End(RecordingEnded e, InboxTransaction tx)
    {
        if (await RecordingRows.Lock(tx.Connection, tx.Transaction, e.Recording) is null)
        {
            Log.UnknownRecording(logger, e.Recording, e.Tenant);
            return;
        }

        await RecordingRows.Ended(tx.Connection, tx.Transaction, e.Recording, (int)e.Blocks, e.LengthMs, e.TraceParent);
        if (await seal.IfComplete(tx.Connection, tx.Transaction, e.Recording) is { } told)
        {
            tx.Publish(told);
        }
    }
}
