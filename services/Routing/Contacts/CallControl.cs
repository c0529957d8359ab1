using System.Buffers.Binary;
using CallCenter.Contracts.Telephony;

namespace CallCenter.Routing.Contacts;

/// <summary>Where a contact's call is and the epoch that is known of it.</summary>
internal sealed record CallAddress(Guid Tenant, Guid Contact, string Gateway, long Epoch);

/// <summary>The way to gateways: the bus, or a test's own gateway.</summary>
internal interface IGateways
{
    /// <summary>Sends and repeats until the answer or the expiry.</summary>
    Task<CommandResult> Send(CallCommand command);
}

/// <summary>Commands of Routing to the gateway that holds the call. A command's id follows from its leg, so that a repetition after a restart is known as one.</summary>
internal sealed class CallControl(IGateways gateways, ILogger<CallControl> logger)
{
    private const int ControlAttempts = 3;

    /// <summary>An id that is always the same for the leg, the purpose and the epoch.</summary>
    public static Guid Derive(Guid leg, char purpose, long epoch)
    {
        Span<byte> bytes = stackalloc byte[16];
        leg.TryWriteBytes(bytes);
        var tail = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], tail ^ ((long)purpose << 8) ^ (epoch << 16));
        return new Guid(bytes);
    }

    /// <summary>Rings the agent's device, or dials the number.</summary>
    public Task<CommandResult> Ring(CallAddress call, AgentLeg leg) => Send(call, leg.Number is { } number
        ? new DialNumber(leg.Leg, number, leg.RingMs) { CommandId = Derive(leg.Leg, 'o', 0) }
        : new OfferLeg(leg.Leg, leg.Agent, leg.RingMs) { CommandId = Derive(leg.Leg, 'o', 0), Resumes = leg.Resumes });

    /// <summary>Ends what rings, or is up.</summary>
    public Task<CommandResult> TakeBack(CallAddress call, AgentLeg leg) => Send(call, leg.IsUp
        ? new EndLeg(leg.Leg) { CommandId = Derive(leg.Leg, 'e', 0) }
        : new WithdrawLeg(leg.Leg) { CommandId = Derive(leg.Leg, 'w', 0) });

    /// <summary>Ends the leg, whatever the phone has done since it was taken back. A command of its own each time: one that expired is not carried out later.</summary>
    public Task<CommandResult> TakeBackAgain(CallAddress call, AgentLeg leg, DateTimeOffset at) =>
        Send(call, new EndLeg(leg.Leg) { CommandId = Derive(leg.Leg, 'e', at.ToUnixTimeMilliseconds()) });

    /// <summary>Lets the accepted leg speak with the agent who asked for it.</summary>
    public Task<CommandResult> Consult(CallAddress call, AgentLeg leg) =>
        Send(call, new ConsultLeg(leg.AskedBy!.Value, leg.Leg, leg.Recording) { CommandId = Derive(leg.Leg, 'k', 0) });

    /// <summary>
    /// Takes control of the caller's leg and bridges the accepted one to it; false when the gateway did not. After a restart control is taken anew, and the
    /// second command, known as a repetition, is answered as before: who talks by then goes on.
    /// </summary>
    public async Task<bool> Connect(CallAddress call, AgentLeg leg)
    {
        var epoch = call.Epoch;
        for (var attempt = 0; attempt < ControlAttempts; attempt++)
        {
            var taken = await Send(call, new TakeControl(ControlHolder.Routing) { CommandId = Derive(leg.Leg, 't', epoch), Epoch = epoch });
            if (Is(taken))
            {
                return Is(await Send(call, new ConnectAgent(leg.Leg, leg.Recording) { CommandId = Derive(leg.Leg, 'c', 0), Epoch = taken.Epoch }));
            }

            if (taken.Outcome != CommandOutcome.NotInControl)
            {
                return false;
            }

            epoch = taken.Epoch;
        }

        return false;
    }

    /// <summary>Sends any command; the answer is told in the log when it is not Done.</summary>
    public async Task<CommandResult> Send(CallAddress call, CallCommand command)
    {
        var result = await gateways.Send(command with
        {
            Tenant = call.Tenant,
            Contact = call.Contact,
            Gateway = call.Gateway,
            Epoch = command.Epoch == 0 ? call.Epoch : command.Epoch,
        });
        if (!Is(result))
        {
            Log.CommandNotDone(logger, command.GetType().Name, call.Tenant, call.Contact, result);
        }

        return result;
    }

    public static bool Is(CommandResult result) => result.Outcome == CommandOutcome.Done;
}
