using System.Threading.Channels;
using CallCenter.Desk.Live;

namespace CallCenter.Desk.Owners;

/// <summary>
/// Reads what no event told of a contact, because Desk started in the middle of it: from Reporting, and queues that are new from
/// Routing. One after the other, each at most 2 s, so that a pop is never held up for longer; then it goes out as it is.
/// </summary>
internal sealed class Missing(OwnerReads owners, LiveContacts contacts, Refresh refresh, TimeProvider clock, ILogger<Missing> logger) : BackgroundService
{
    private const int WaitingMax = 1_000;
    private static readonly TimeSpan ReadWithin = TimeSpan.FromSeconds(2);

    // Beyond the bound the pop waits for its next event, which asks again.
    private readonly Channel<Guid> _contacts = Channel.CreateBounded<Guid>(new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Has the contact read soon.</summary>
    public void Read(Guid contact) => _contacts.Writer.TryWrite(contact);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var contact in _contacts.Reader.ReadAllAsync(stoppingToken))
            {
                await ReadOne(contact, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task ReadOne(Guid contact, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(ReadWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        try
        {
            await refresh.Now(either.Token);
            if (await owners.Contact(contact, either.Token) is { } read)
            {
                contacts.Fill(read);
                return;
            }
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            Log.ReadFailed(logger, $"Contact {contact}", e.Message);
        }

        contacts.GiveUp(contact);
    }
}
