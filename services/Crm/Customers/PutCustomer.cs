using CallCenter.Contracts;
using CallCenter.Crm.Numbers;
using CallCenter.Hosting;
using Npgsql;

namespace CallCenter.Crm.Customers;

/// <summary>A customer as a person changes it.</summary>
/// <param name="Numbers">In any form that a person writes; kept in E.164, each once.</param>
/// <param name="Version">The version of the card that was changed; 0 for a new customer.</param>
/// <param name="Tenant">Whose customer it becomes; only looked at for a new one.</param>
internal sealed record CustomerBody(string Name, string Notes, IReadOnlyList<string> Numbers, int Version, Guid? Tenant = null)
{
    private const int LongestName = 200, LongestNotes = 4_000, MostNumbers = 20;

    /// <summary>Everything that is wrong with it, at once.</summary>
    public IReadOnlyList<string> Errors(string? country)
    {
        var errors = new List<string>();
        Require(Name.Length <= LongestName && !Name.Any(char.IsControl), $"name must have at most {LongestName} characters and no control characters.");
        Require(Notes.Length <= LongestNotes && !Notes.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')),
            $"notes must have at most {LongestNotes} characters and no control characters but line breaks and tabs.");
        Require(Numbers.Count <= MostNumbers, $"numbers must be at most {MostNumbers}.");
        Require(Version >= 0, "version must be that of the card you changed, or 0 for a new customer.");
        errors.AddRange(Numbers.Take(MostNumbers).Index().Where(n => n.Item is null || E164.Of(n.Item, country) is null)
            .Select(n => $"numbers[{n.Index}] is no number of a subscriber: give it like +358401112233."));
        return errors;

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                errors.Add(otherwise);
            }
        }
    }

    /// <summary>The customer's next state; the body has no errors.</summary>
    public CustomerRow Row(Guid tenant, Guid id, int version, string? country, DateTimeOffset now) =>
        new(tenant, id, Name.Trim(), Notes, [.. Numbers.Select(n => E164.Of(n, country)!).Distinct()], version, now);
}

/// <summary><c>PUT /api/customers/{id}</c>: changes a card, or makes a customer of an id that the caller chose.</summary>
internal sealed class PutCustomer(CustomerStore store, Countries countries, TimeProvider clock)
{
    public async Task<IResult> Handle(Guid id, CustomerBody body, Caller caller, CancellationToken ct)
    {
        var present = await store.InSight(caller, t => CustomerRows.Find(t, id, ct), ct);
        if ((present?.Tenant ?? body.Tenant) is not { } tenant || !store.Sees(caller, tenant))
        {
            return Problems.NotFound(body.Tenant is null ? "customer" : "tenant");
        }

        var country = countries.Of(tenant);
        return body.Errors(country) is { Count: > 0 } errors
            ? Problems.Invalid(errors)
            : await store.InTenants([tenant], t => Put(t, body.Row(tenant, id, body.Version + 1, country, clock.Now()), ct), ct);
    }

    // 1. one at a time; 2. the same again changes nothing; 3. what somebody else changed is not lost; 4. a number is one customer's.
    private static async Task<IResult> Put(NpgsqlTransaction t, CustomerRow wanted, CancellationToken ct)
    {
        await Identification.LockNumbers(t, wanted.Tenant, ct);
        var present = await CustomerRows.Find(t, wanted.Id, ct);
        if (present?.SaysTheSame(wanted) == true)
        {
            return Results.Ok(await CustomerCard.Of(t, present, ct));
        }

        if (wanted.Version != (present?.Version ?? 0) + 1)
        {
            return present is null ? Problems.NotFound("customer")
                : Problems.Conflict($"The customer has been changed meanwhile and has version {present.Version}: read it again and change that.");
        }

        if (await CustomerRows.Taken(t, wanted, ct) is var (number, owner))
        {
            return Problems.Conflict($"The number {number} belongs to another customer of the tenant, {owner}: take it away there first.");
        }

        if (present is not null)
        {
            await CustomerRows.Update(t, wanted, ct);
        }
        else if (!await CustomerRows.Insert(t, wanted, ct))
        {
            return Problems.NotFound("customer");
        }

        Telemetry.Changed.Add(1);
        return Results.Ok(await CustomerCard.Of(t, wanted, ct));
    }
}
