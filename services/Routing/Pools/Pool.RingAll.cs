using CallCenter.Routing.Queues;

namespace CallCenter.Routing.Pools;

/// <summary>
/// Queues that ring all: a matched contact asks every other free agent too, and who becomes free, and has no contact to take that nobody is
/// asked for, joins the first of those that ring. A callback, and a contact that goes back to its own agent, are offered to one at a time.
/// </summary>
internal sealed partial class Pool
{
    /// <summary>The others whom a contact that has just been matched asks.</summary>
    public List<Match> AskOthers(Guid contact, DateTimeOffset now)
    {
        var matches = new List<Match>();
        while (places.TryGetValue(contact, out var place) && place.Round is { IsOpen: true } && queues[place.Queue] is { IsRingAll: true } state && Choose(place, state, now) is { } match)
        {
            matches.Add(match);
        }

        return matches;
    }

    /// <summary>The reserving of a match is over: the place as it is now; null when the contact is not there to be offered any more.</summary>
    public Place? Reserved(Match match)
    {
        var place = Find(match.Place.Contact);
        if (match.Place.Round is null)
        {
            return ReferenceEquals(place, match.Place) ? place : null;
        }

        if (place?.Round is not { } round || place.Cause != match.Place.Cause)
        {
            return null;
        }

        places[place.Contact] = place = place with { Round = round with { Reserving = round.Reserving - 1 } };
        return round.IsAccepted ? null : place;
    }

    /// <summary>One more agent is asked, when the contact is one that asks several.</summary>
    private Place Ask(Place place, AgentSlot slot, QueueState state, Choice choice)
    {
        if (place.Round is null && (!state.IsRingAll || place.IsCallback || choice.Rule is Choice.KeptForAgent or Choice.ReturningCaller))
        {
            return place;
        }

        var round = place.Round ?? new RingRound([]);
        var asking = place with { Round = round with { Asked = [.. round.Asked, slot.View.Agent], Reserving = round.Reserving + 1 } };
        places[place.Contact] = asking;
        // An agent who is asked has the first word, before the longest wait.
        departures.Leave(place.Contact);
        KeepRinging(asking, state);
        return asking;
    }

    /// <summary>Whether others may join.</summary>
    private static void KeepRinging(Place place, QueueState state)
    {
        state.Ringing.Remove(place);
        if (place.Round is { IsOpen: true })
        {
            state.Ringing.Add(place);
        }
    }

    /// <summary>The free agents who may take the contact, the first ones in their order, and how many there are: of a round that goes on, those who were not asked.</summary>
    private (List<AgentTurn> First, int All) FreeFor(Place place, QueueState state, long age)
    {
        if (place.Round is not { } round)
        {
            return state.Idle.Top(age, Choice.Told);
        }

        var (first, all) = state.Idle.Top(age, Choice.Told + round.Asked.Count);
        var asked = round.Asked.Count(agent => agents.TryGetValue(agent, out var slot) && slot.IsIdle && slot.ServiceOf(state)?.OpenFrom <= age);
        return ([.. first.Where(turn => !round.Asked.Contains(turn.Agent)).Take(Choice.Told)], all - asked);
    }

    /// <summary>A free agent for whom nothing waits: the first contact that rings and has not asked it; null when there is none.</summary>
    private Match? Join(AgentSlot slot, DateTimeOffset now)
    {
        List<(Claim Claim, Service Service)>? open = null;
        foreach (var service in slot.Services)
        {
            var ringing = service.Queue.Ringing;
            for (var i = 0; i < ringing.Heads && ringing.Count > 0 && service.Queue.IsRingAll; i++)
            {
                if (ringing.TryFirst(i, turn => !places[turn.Contact].Round!.Asked.Contains(slot.View.Agent), out var turn, out var own)
                    && Math.Max(0, now.UtcTicks - turn.Since) >= service.OpenFrom)
                {
                    (open ??= []).Add((Claim.Of(turn, service.Entry.Priority, service.Queue.PriorityOf(own), now.UtcTicks), service));
                }
            }
        }

        if (open is null)
        {
            return null;
        }

        open.Sort((one, other) => one.Claim.CompareTo(other.Claim));
        var place = places[open[0].Claim.Turn.Contact];
        var choice = new Choice(Choice.JoinsIn, now, place.Contact, slot.View.Agent, place.Queue, AgeOf(place, now) / TimeSpan.TicksPerMillisecond, open.Count)
        {
            Contacts = [.. open.Take(Choice.Told).Select(found => FactsOf(places[found.Claim.Turn.Contact], found.Service))],
        };
        return Take(place, slot, open[0].Service.Queue, choice);
    }
}
