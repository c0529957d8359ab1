using CallCenter.Contracts;
using CallCenter.Contracts.Routing;

namespace CallCenter.Routing.Contacts;

/// <summary>What the pool tells of a rule of the queue: the contact alone ends its waiting there.</summary>
internal sealed partial class ContactGrain
{
    public async Task<bool?> GiveUp(Guid queue, DateTimeOffset enteredAt, string rule) => QueueRules.IsOffered(state)
        ? null
        : await Carried(QueueRules.GiveUp(state, queue, enteredAt, Enum.Parse<QueueRule>(rule), clock.Now()));

    public Task<bool> Moved(MoveMessage move) =>
        Carried(QueueRules.Move(state, new QueueMove(move.From, move.To, move.At, Enum.Parse<QueueRule>(move.Rule), move.ShortAbandonMs)));

    private async Task<bool> Carried(Decision? decision)
    {
        if (decision is not null)
        {
            await Carry(decision);
        }

        return decision is not null;
    }
}
