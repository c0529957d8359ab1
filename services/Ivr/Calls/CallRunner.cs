using CallCenter.Contracts;
using CallCenter.Contracts.Ivr;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Ivr.Announcements;
using CallCenter.Ivr.Flows;
using CallCenter.Ivr.Prompts;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CallCenter.Ivr.Calls;

/// <summary>What a decision leaves to be done: events with the commit, a command and a question after it.</summary>
internal sealed record Effects(IReadOnlyList<ContactEvent> Events, CallCommand? Command, PlaceQuestion? Question = null, SpeechOrder? Speech = null)
{
    public static readonly Effects None = new([], null);
}

/// <summary>Runs decisions of the interpreter on stored flows: the row, the events and the deadline change in one transaction.</summary>
internal sealed class CallRunner(
    [FromKeyedServices(IvrService.Name)] ServiceDatabase database, [FromKeyedServices(IvrService.Name)] Outbox outbox,
    FlowStore flows, AudioFiles audio, CommandSender sender, PlaceQuestions questions, Sayings sayings, TenantTime times, TimeProvider clock)
{
    private static readonly TimeSpan DatabasePause = TimeSpan.FromSeconds(1);

    private DateTimeOffset Now => clock.GetUtcNow();

    private Guid NewId => Guid.CreateVersion7(Now);

    /// <summary>Begins the flow of a call, in its newest version.</summary>
    public async Task<Effects> Begin(NpgsqlConnection c, NpgsqlTransaction t, CallArrived arrived)
    {
        if (await flows.Newest(c, t, arrived.Flow) is not { } flow)
        {
            // Nobody takes control: the gateway's fallback of the number serves the caller.
            return new([Of(arrived.Tenant, arrived.Contact, new FlowEnded(FlowOutcome.Failed, $"there is no flow {arrived.Flow}") { Final = true })], null);
        }

        var decision = Interpreter.Start(flow.Definition, flow.Id, flow.Version, arrived, NewId);
        Telemetry.FlowsStarted.Add(1);
        return await Keep(c, t, new(arrived.Tenant, arrived.Contact, arrived.Gateway, flow.Id, flow.Version, decision.State!), flow.Definition, decision, arrived.EventId);
    }

    /// <summary>Takes up the middle of the flow of a call that Routing places: the step of the queue that calls, where there is one.</summary>
    public async Task<Effects> BeginPlaced(NpgsqlConnection c, NpgsqlTransaction t, CallPlaced placed)
    {
        // Without it the gateway's fallback serves who is left alone.
        if (await flows.Newest(c, t, placed.Flow) is not { } flow || flow.Definition.Steps.FirstOrDefault(s => s.Value.Queue?.Queue == placed.Queue).Key is not { } step)
        {
            return Effects.None;
        }

        var decision = Interpreter.StartPlaced(flow.Definition, flow.Id, flow.Version, placed, step, NewId);
        Telemetry.FlowsStarted.Add(1);
        return await Keep(c, t, new(placed.Tenant, placed.Contact, placed.Gateway, flow.Id, flow.Version, decision.State!), flow.Definition, decision, placed.EventId);
    }

    /// <summary>Gives a live flow its next input.</summary>
    public async Task<Effects> Apply(NpgsqlConnection c, NpgsqlTransaction t, LiveCall call, FlowInput input, Guid? causation)
    {
        var flow = await flows.Read(c, t, call.Flow, call.Version);
        return await Keep(c, t, call, flow, Interpreter.Decide(flow, call.State, input, NewId, times.Local(call.Tenant)), causation);
    }

    /// <summary>Sends a decision's command; call it after the commit.</summary>
    public void Send(Effects effects)
    {
        if (effects.Command is { } command)
        {
            sender.Send(command, (result, ct) => OnResult(command, result, ct));
        }

        if (effects.Question is { } question)
        {
            questions.Ask(question, (known, ct) => OnPlace(question, known, ct));
        }

        if (effects.Speech is { } speech)
        {
            sayings.Speak(speech, (spoken, ct) => InOwnTransaction(speech.Tenant, async (c, t) =>
                await LiveCalls.Lock(c, t, speech.Contact) is { } call ? await Apply(c, t, call, spoken, null) : Effects.None, ct));
        }
    }

    /// <summary>The flow's deadline has passed.</summary>
    public Task OnDeadline(Guid tenant, Guid contact, CancellationToken ct) => InOwnTransaction(tenant, async (c, t) =>
        await LiveCalls.LockOverdue(c, t, contact, Now) is { } call ? await Apply(c, t, call, new FlowInput.DeadlinePassed(), null) : Effects.None, ct);

    /// <summary>Sends a live flow's last command again, under its id: a gateway that has had it answers as before and does nothing.</summary>
    public Task SendAgain(Guid tenant, Guid contact, CancellationToken ct) => InOwnTransaction(tenant, async (c, t) =>
        await LiveCalls.Lock(c, t, contact) is { State: { Phase: not (Phase.Away or Phase.Gone), Command: { } command } } call
            ? new Effects([], (await ToGateway(c, t, call, command, null))?.Command)
            : Effects.None, ct);

    private Task OnPlace(PlaceQuestion question, FlowInput.PlaceKnown known, CancellationToken ct) => InOwnTransaction(question.Tenant, async (c, t) =>
        await LiveCalls.Lock(c, t, question.Contact) is { } call ? await Apply(c, t, call, known, null) : Effects.None, ct);

    private async Task OnResult(CallCommand command, CommandResult result, CancellationToken ct)
    {
        FlowInput? input = result.Outcome != CommandOutcome.Done ? new FlowInput.CommandFailed(result) : command is CheckNumber ? new FlowInput.CommandDone(result) : null;
        if (input is not null)
        {
            await InOwnTransaction(command.Tenant, async (c, t) =>
                await LiveCalls.Lock(c, t, command.Contact) is { } call
                    ? await Apply(c, t, call, input, command.CommandId)
                    : Effects.None, ct);
        }
    }

    /// <summary>Decides outside the inbox; waits while the database is away.</summary>
    private async Task InOwnTransaction(Guid tenant, Func<NpgsqlConnection, NpgsqlTransaction, Task<Effects>> decide, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                var (effects, stamped) = await database.InTenant(tenant, async (c, t) =>
                {
                    var decided = await decide(c, t);
                    return (decided, decided.Events.Count == 0 ? [] : await outbox.Publish(c, t, decided.Events, ct));
                }, ct);
                outbox.Committed(stamped);
                Send(effects);
                return;
            }
            catch (Exception e) when (ServiceDatabase.IsPassing(e) && !ct.IsCancellationRequested)
            {
                // Where the commit's outcome is unknown the row's lock and its command id keep the repetition harmless.
                outbox.CommitUnknown();
                await Task.Delay(DatabasePause, clock, ct);
            }
        }
    }

    private async Task<Effects> Keep(NpgsqlConnection c, NpgsqlTransaction t, LiveCall before, FlowDefinition flow, Decision decision, Guid? causation)
    {
        var told = decision.Actions.OfType<FlowAction.Tell>().Select(a => a.Event).ToList();
        CallCommand? command = null;
        long clipsMs = 0;
        while (decision.State is { } state && decision.Actions.OfType<FlowAction.Send>().SingleOrDefault() is { } send)
        {
            if (await ToGateway(c, t, before with { State = state }, send.Command, causation) is { } found)
            {
                (command, clipsMs) = found;
                break;
            }

            var missing = new CommandResult(state.CommandId, CommandOutcome.Refused, state.Epoch, "a prompt is missing; put it again");
            decision = Interpreter.Decide(flow, state, new FlowInput.CommandFailed(missing), NewId, times.Local(before.Tenant));
            told.AddRange(decision.Actions.OfType<FlowAction.Tell>().Select(a => a.Event));
        }

        await Store(c, t, before, decision.State, clipsMs);
        var question = decision.Actions.OfType<FlowAction.AskPlace>().LastOrDefault() is { } ask
            ? new PlaceQuestion(before.Tenant, before.Contact, ask.Queue, flow.Language, decision.State?.Told) { Offers = ask.Offers }
            : null;
        var speech = decision.Actions.OfType<FlowAction.Speak>().LastOrDefault() is { } speak ? new SpeechOrder(before.Tenant, before.Contact, flow.Language, speak.Talk) : null;
        return new([.. told.Select(e => Of(before.Tenant, before.Contact, e))], command, question, speech);
    }

    private async Task Store(NpgsqlConnection c, NpgsqlTransaction t, LiveCall before, FlowState? state, long clipsMs)
    {
        if (state is null)
        {
            await LiveCalls.Remove(c, t, before.Contact);
            return;
        }

        DateTimeOffset? deadline = state.WaitMs is { } wait ? Now.AddMilliseconds(wait + clipsMs) : null;
        await LiveCalls.Save(c, t, before with { State = state }, deadline);
    }

    /// <summary>The command as the gateway takes it, with the length of its clips; null when a prompt is missing.</summary>
    private async Task<(CallCommand Command, long ClipsMs)?> ToGateway(NpgsqlConnection c, NpgsqlTransaction t, LiveCall call, FlowCommand command, Guid? causation)
    {
        IReadOnlyList<Guid> ids = command switch
        {
            FlowCommand.Say say => [say.Prompt],
            FlowCommand.Ask ask => ask.Prompts,
            FlowCommand.Music { Prompt: { } music } => [music],
            _ => [],
        };
        var found = ids.Count == 0 ? new Dictionary<Guid, Prompt>() : await PromptStore.Find(c, t, [.. ids.Distinct()]);
        if (ids.Any(id => !found.ContainsKey(id)))
        {
            return null;
        }

        var announced = (command as FlowCommand.Announce)?.Clips ?? (command as FlowCommand.Converse)?.Clips ?? [];
        List<Clip> clips = [.. ids.Select(id => AudioFiles.ClipOf(found[id].Hash)), .. announced.Select(clip => AudioFiles.ClipOf(clip.Hash))];
        CallCommand made = command switch
        {
            FlowCommand.Take => new TakeControl(ControlHolder.Ivr),
            FlowCommand.Answer => new AnswerCall(),
            FlowCommand.Say say => new Play(say.PauseMs > 0 ? [Clip.Silence(say.PauseMs), .. clips] : clips, Loop: false) { Interruptible = say.Interruptible },
            FlowCommand.Announce announce => new Play(clips, Loop: false) { Interruptible = announce.Interruptible },
            FlowCommand.Converse { MaxDigits: 0 } => new Play(clips, Loop: false),
            FlowCommand.Converse talk => new Collect(clips, talk.MaxDigits, talk.Terminators, talk.FirstMs, talk.NextMs),
            FlowCommand.Check check => new CheckNumber(check.Number),
            FlowCommand.Ask ask => new Collect(clips, MaxDigits: 1, Terminators: "", ask.FirstDigitMs, ask.FirstDigitMs) { Clear = ask.Clear },
            FlowCommand.Music music => new Play(music.ComfortTone ? [Clip.ComfortTone] : clips.Count == 0 ? [audio.Tune] : clips, Loop: true) { Interruptible = music.Interruptible },
            FlowCommand.TakeMessage message => new RecordMessage(call.State.CommandId, message.MaxMs, message.SilenceMs, Terminators: "#"),
            FlowCommand.End end => new HangUp(end.Cause),
            _ => throw new InvalidOperationException($"{command.GetType().Name} has no command of the gateway"),
        };
        var addressed = made with
        {
            CommandId = call.State.CommandId, Tenant = call.Tenant, Contact = call.Contact, Epoch = call.State.Epoch, Gateway = call.Gateway, Causation = causation,
            TraceParent = System.Diagnostics.Activity.Current?.Id,
        };
        // Music goes on until something else is played: its length is nothing to wait for.
        var clipsMs = command is FlowCommand.Music ? 0 : ids.Sum(id => found[id].Milliseconds) + announced.Sum(clip => clip.Milliseconds);
        return (addressed, clipsMs);
    }

    private static ContactEvent Of(Guid tenant, Guid contact, ContactEvent e)
    {
        if (e is FlowEnded ended)
        {
            Telemetry.FlowsEnded.Add(1, new KeyValuePair<string, object?>("outcome", ended.Outcome.ToString()));
        }

        return e with { Tenant = tenant, Stream = contact };
    }
}
