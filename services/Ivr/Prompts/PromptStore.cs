using Dapper;
using Npgsql;

namespace CallCenter.Ivr.Prompts;

/// <summary>A prompt of a tenant.</summary>
/// <param name="Text">What is said; of a recorded prompt what it should say.</param>
/// <param name="Hash">SHA-256 of its audio.</param>
/// <param name="Recorded">True when an uploaded recording replaced the spoken text.</param>
internal sealed record Prompt(Guid Tenant, Guid Id, string Language, string Text, string Hash, long Milliseconds, bool Recorded);

/// <summary>Prompts in the database. All methods run in the transaction of the prompts' tenant.</summary>
internal static class PromptStore
{
    private const string Columns = "tenant, id, language, text, hash, milliseconds, recorded";

    public static Task<Prompt?> Find(NpgsqlConnection c, NpgsqlTransaction t, Guid id) =>
        c.QuerySingleOrDefaultAsync<Prompt>($"SELECT {Columns} FROM prompts WHERE id = @id", new { id }, t);

    /// <summary>Those of the ids that there are.</summary>
    public static async Task<IReadOnlyDictionary<Guid, Prompt>> Find(NpgsqlConnection c, NpgsqlTransaction t, IReadOnlyList<Guid> ids) =>
        (await c.QueryAsync<Prompt>($"SELECT {Columns} FROM prompts WHERE id = ANY(@ids)", new { ids }, t)).ToDictionary(p => p.Id);

    public static async Task<IReadOnlyList<Prompt>> List(NpgsqlConnection c, NpgsqlTransaction t) =>
        [.. await c.QueryAsync<Prompt>($"SELECT {Columns} FROM prompts ORDER BY id LIMIT 5000", transaction: t)];

    /// <summary>Keeps the prompt. False when the id is another tenant's.</summary>
    public static async Task<bool> Put(NpgsqlConnection c, NpgsqlTransaction t, Prompt prompt)
    {
        const string update = """
            UPDATE prompts SET language = @Language, text = @Text, hash = @Hash, milliseconds = @Milliseconds, recorded = @Recorded
            WHERE id = @Id AND tenant = @Tenant
            """;
        const string insert = $"""
            INSERT INTO prompts ({Columns}) VALUES (@Tenant, @Id, @Language, @Text, @Hash, @Milliseconds, @Recorded) ON CONFLICT (id) DO NOTHING
            """;
        return await c.ExecuteAsync(update, prompt, t) + await c.ExecuteAsync(insert, prompt, t) > 0;
    }
}
