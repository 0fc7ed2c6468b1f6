//! Field names: `TaskQueueSid` of a callback is `task_queue_sid` of a stream.

/// `TaskSid` to `task_sid`. A run of capitals counts as one word (`TaskURL` is `task_url`).
pub fn to_snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 8);
    let mut previous: Option<char> = None;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_uppercase() {
            let starts_word = match previous {
                None => false,
                Some('_') => false,
                Some(before) if before.is_ascii_uppercase() => letters.peek().is_some_and(char::is_ascii_lowercase),
                Some(_) => true,
            };
            if starts_word {
                snake.push('_');
            }
            snake.push(letter.to_ascii_lowercase());
        } else {
            snake.push(letter);
        }
        previous = Some(letter);
    }
    snake
}

/// `task_sid` to `TaskSid`: how a callback spells the field.
pub fn to_camel(name: &str) -> String {
    name.split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callback_names_become_stream_names_and_back() {
        for (camel, snake) in [
            ("TaskSid", "task_sid"),
            ("TaskChannelUniqueName", "task_channel_unique_name"),
            ("WorkerTimeInPreviousActivityMs", "worker_time_in_previous_activity_ms"),
            ("Sid", "sid"),
        ] {
            assert_eq!(to_snake(camel), snake);
            assert_eq!(to_camel(snake), camel);
        }
        assert_eq!(to_snake("TaskURLPath"), "task_url_path");
    }
}
